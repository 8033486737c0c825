import { escaped, page } from "../theme/base.js";

export const data = { permalink: "/a-z/index.html" };

export function render({ collections }) {
  const rows = collections.stories.map(({ url, data }) => [data.title, url]).sort();
  return page("A–Z", "Every story", "/a-z/", `<ul>${rows.map(([title, url]) => `<li><a href="${url}">${escaped(title)}</a></li>`).join("\n")}</ul>`);
}
