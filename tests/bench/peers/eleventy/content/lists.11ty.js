import { day, escaped, page } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.listPages", size: 1, alias: "list" },
  permalink: ({ list }) => `${list.url}index.html`,
};

export function render({ list }) {
  const teasers = list.stories.map(({ url, date, data }) => `<article><h2><a href="${url}">${escaped(data.title)}</a></h2>
<p>${escaped(data.summary)}</p>
<p>${data.claims.length ? `${data.claims.length} claims checked · ` : ""}${day(date)}</p></article>`);
  return page(list.name, list.name, list.url, `<h1>${escaped(list.name)}</h1>${teasers.join("")}
<nav>Page ${list.number} of ${list.of}</nav>`);
}
