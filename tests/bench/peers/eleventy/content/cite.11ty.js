import { SITE, day, escaped, page } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.stories", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}cite/index.html`,
};

export function render({ story: { url, date, fileSlug, templateContent, data } }) {
  const paragraphs = templateContent.split("<p>").slice(1).map((text) => text.replace(/<[^>]*>/g, "").slice(0, 80));
  return page(`Cite: ${data.title}`, "How to cite this story.", `${url}cite/`, `<h1><a href="../">${escaped(data.title)}</a></h1>
<p>${escaped(data.author)}, “${escaped(data.title)}”, Standfirst, ${day(date)}, ${SITE}${url}</p>
<p><a href="${fileSlug}.bib">BibTeX</a>, <a href="${fileSlug}.ris">RIS</a>, <a href="${fileSlug}.json">CSL-JSON</a></p>
<ol>${paragraphs.map((text) => `<li>${text}</li>`).join("")}</ol>`);
}
