import { SITE, comment, day, escaped, page } from "./base.js";
import { around } from "./lists.js";

export function render(data) {
  const { title, summary, author, section, topics, claims, comments, content } = data;
  const url = data.page.url, date = data.page.date;
  const facts = {
    "@context": "https://schema.org", "@type": "NewsArticle", headline: title,
    datePublished: date, description: summary, url: SITE + url, author,
  };
  const near = around(data.collections.stories, url);
  const slug = (name) => name.toLowerCase().replaceAll(" ", "-");
  return page(title, summary, url, `<article>
<p><a href="/section/${slug(section)}/">${section}</a></p>
<h1>${escaped(title)}</h1>
<p>${escaped(summary)}</p>
<p>By <a href="/author/${slug(author)}/">${escaped(author)}</a></p>
<p>Published ${day(date)}</p>
${claims.length ? `<p>${claims.length} claims checked: <a href="ledger/">the evidence</a></p>` : ""}
<div>${content}</div>
${claims.length ? `<ol>${claims.map(({ note }) => `<li><b>Corroborated.</b> ${escaped(note)}</li>`).join("")}</ol>` : ""}
<p>More on ${topics.map((name) => `<a href="/topics/${slug(name)}/">${escaped(name)}</a>`).join(" ")}</p>
<p><a href="cite/">Cite this</a></p>
${comments.length ? `<section id="comments">${comments.map(comment).join("")}</section>` : ""}
<nav>${near.map((story) => `<p><a href="${story.url}">${escaped(story.data.title)}</a></p>`).join("")}</nav>
</article>`, `<script type="application/ld+json">${JSON.stringify(facts).replaceAll("<", "\\u003c")}</script>`);
}
