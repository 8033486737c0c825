export const SITE = "https://standfirst.example";

export function escaped(text) {
  return String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

export function day(date) {
  return `<time datetime="${date.toISOString().slice(0, 10)}">${date.toUTCString().slice(5, 16)}</time>`;
}

export function page(title, description, url, main, head = "") {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(title)} · Standfirst</title>
<meta name="description" content="${escaped(description)}">
<link rel="canonical" href="${SITE}${url}">
<meta property="og:title" content="${escaped(title)}">
<meta property="og:url" content="${SITE}${url}">
${head}
<link rel="alternate" type="application/atom+xml" href="/atom.xml">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<header><p><a href="/">Standfirst</a></p><nav><ul><li><a href="/a-z/">A–Z</a></li></ul></nav></header>
<main>${main}</main>
<footer><p>Feeds: <a href="/atom.xml">Atom</a>, <a href="/rss.xml">RSS</a>, <a href="/feed.json">JSON</a></p></footer>
</body>
</html>
`;
}

export function comment({ author, date, text }) {
  return `<div><p><b>${escaped(author)}</b>, ${date}</p><p>${escaped(text)}</p></div>`;
}
