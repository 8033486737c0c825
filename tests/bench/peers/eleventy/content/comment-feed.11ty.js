import { SITE, escaped } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.discussed", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}comments.xml`,
};

export function render({ story: { url, data } }) {
  const items = data.comments.map(({ author, text }) => `<item><title>${escaped(author)}</title><description>${escaped(text)}</description></item>`);
  return `<rss version="2.0"><channel><title>${escaped(data.title)}</title><link>${SITE}${url}</link>${items.join("")}</channel></rss>`;
}
