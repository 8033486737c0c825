import { SITE, escaped } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.feeds", size: 1, alias: "list" },
  permalink: ({ list }) => `${list.folder}rss.xml`,
};

export function render({ list }) {
  const items = list.stories.slice(0, 20).map(({ url, date, data, templateContent }) => `<item><title>${escaped(data.title)}</title><link>${SITE}${url}</link><pubDate>${date.toUTCString()}</pubDate><description>${escaped(data.summary)}</description><content:encoded>${escaped(templateContent)}</content:encoded></item>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>${escaped(list.name)}</title><link>${SITE}${list.folder}</link>
${items.join("\n")}
</channel></rss>
`;
}
