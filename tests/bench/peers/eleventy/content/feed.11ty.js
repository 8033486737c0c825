import { SITE } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.feeds", size: 1, alias: "list" },
  permalink: ({ list }) => `${list.folder}feed.json`,
};

export function render({ list }) {
  const items = list.stories.slice(0, 20).map(({ url, date, data, templateContent }) => ({
    id: SITE + url, url: SITE + url, title: data.title, summary: data.summary,
    content_html: templateContent, date_published: date,
  }));
  return JSON.stringify({ version: "https://jsonfeed.org/version/1.1", title: list.name, items });
}
