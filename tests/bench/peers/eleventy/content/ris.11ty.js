import { SITE } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.stories", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}cite/${story.fileSlug}.ris`,
};

export function render({ story: { url, date, data } }) {
  return `TY  - NEWS
AU  - ${data.author}
TI  - ${data.title}
T2  - Standfirst
DA  - ${date.toISOString().slice(0, 10)}
AB  - ${data.summary}
UR  - ${SITE}${url}
ER  -
`;
}
