import { SITE } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.stories", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}cite/${story.fileSlug}.json`,
};

export function render({ story: { url, fileSlug, data } }) {
  return JSON.stringify([{ id: fileSlug, type: "article-newspaper", title: data.title, author: data.author, abstract: data.summary, URL: SITE + url }], null, 1);
}
