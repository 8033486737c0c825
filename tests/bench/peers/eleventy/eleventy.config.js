// Eleventy with JavaScript templates, its quickest, and every page kind of the bench.
import { listsOf, pagesOf } from "./theme/lists.js";

export default function (config) {
  const stories = (api) => api.getFilteredByTag("story").sort((a, b) => b.date - a.date);
  config.addCollection("stories", stories);
  config.addCollection("checked", (api) => stories(api).filter((story) => story.data.claims.length));
  config.addCollection("discussed", (api) => stories(api).filter((story) => story.data.comments.length));
  config.addCollection("feeds", (api) => listsOf(stories(api)).filter(({ kind }) => kind !== "year"));
  config.addCollection("listPages", (api) => pagesOf(listsOf(stories(api))));
  return { dir: { input: "content", includes: "../theme", output: "output" } };
}
