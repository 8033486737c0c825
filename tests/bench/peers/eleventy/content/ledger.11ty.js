import { escaped, page } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.checked", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}ledger/index.html`,
};

export function render({ story: { url, data } }) {
  const claims = data.claims.map(({ claim, note }, index) => `<section id="claim-${index}"><h3>${escaped(claim)}</h3><p><b>Corroborated.</b> ${escaped(note)}</p><ul><li><b>Supports:</b> So it is in the minutes.</li></ul></section>`);
  return page(`The evidence: ${data.title}`, "Every claim.", `${url}ledger/`, `<h1><a href="../">${escaped(data.title)}</a></h1>${claims.join("")}`);
}
