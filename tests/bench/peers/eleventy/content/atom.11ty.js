import { SITE, escaped } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.feeds", size: 1, alias: "list" },
  permalink: ({ list }) => `${list.folder}atom.xml`,
};

export function render({ list }) {
  const entries = list.stories.slice(0, 20).map(({ url, date, data, templateContent }) => `<entry><title>${escaped(data.title)}</title><id>${SITE}${url}</id><updated>${date.toISOString()}</updated><summary>${escaped(data.summary)}</summary><content type="html">${escaped(templateContent)}</content></entry>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>${escaped(list.name)}</title><id>${SITE}${list.folder}</id>
${entries.join("\n")}
</feed>
`;
}
