import { SITE } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.stories", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}cite/${story.fileSlug}.bib`,
};

export function render({ story: { url, fileSlug, data } }) {
  return `@article{${fileSlug},
  author = {${data.author}},
  title = {{${data.title}}},
  journal = {Standfirst},
  year = {${data.year}},
  url = {${SITE}${url}}
}
`;
}
