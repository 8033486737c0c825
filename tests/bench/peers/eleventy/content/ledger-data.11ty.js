import { SITE } from "../theme/base.js";

export const data = {
  pagination: { data: "collections.checked", size: 1, alias: "story" },
  permalink: ({ story }) => `${story.url}ledger.json`,
};

export function render({ story: { url, data } }) {
  return JSON.stringify({ headline: data.title, story: SITE + url, claims: data.claims }, null, 1);
}
