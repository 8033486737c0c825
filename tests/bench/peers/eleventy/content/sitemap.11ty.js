import { SITE } from "../theme/base.js";

export const data = { permalink: "/sitemap.xml" };

export function render({ collections }) {
  const urls = collections.stories.map(({ url }) => `<url><loc>${SITE}${url}</loc></url>`);
  return `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.join("\n")}</urlset>\n`;
}
