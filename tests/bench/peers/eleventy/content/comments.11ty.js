import { comment, escaped, page } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.discussed", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}comments/index.html`,
};

export function render({ story: { url, data } }) {
  return page(`Comments: ${data.title}`, "What readers said.", `${url}comments/`, `<h1><a href="../">${escaped(data.title)}</a></h1>${data.comments.map(comment).join("")}`);
}
