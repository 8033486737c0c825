// Finds stories in Pagefind's index, and keeps what was asked in the page's address.
const form = document.querySelector(".search");
const status = document.querySelector("[role=status]");
const list = document.querySelector(".results");
const more = document.querySelector(".more");
const PAGE = 10;

let pagefind;
let found = [];
let shown = 0;
let asked = 0;

/** Load the index when it is first needed. */
function index() {
  pagefind ??= import("./pagefind/pagefind.js").then(({ createInstance }) =>
    createInstance({
      baseUrl: new URL("../", location).pathname,
      noWorker: true, // which the policy of the site keeps from fetching
    }));
  return pagefind;
}

/** Return what the form asks for, without what is left open. */
function wanted() {
  return [...new FormData(form)].filter(([, value]) => value.trim());
}

/** Find what the form asks for. An answer that comes after a newer question is dropped. */
async function find() {
  const question = ++asked;
  const { q = "", order, ...filters } = Object.fromEntries(wanted());
  if (!q.trim() && !Object.keys(filters).length) {
    show([], "");
    return;
  }
  status.textContent = "Searching …";
  try {
    const answer = await (await index()).search(q.trim() || null, {
      filters,
      sort: order || !q.trim() ? { date: "desc" } : {},
    });
    if (question !== asked) return;
    const count = answer.results.length;
    await show(answer.results, count === 1 ? "1 story" : `${count || "No"} stories`);
  } catch (error) {
    if (question !== asked) return;
    pagefind = undefined;
    show([], "The search could not be loaded. The A–Z below is always there.");
    throw error;
  }
}

async function show(results, said) {
  found = results;
  shown = 0;
  list.replaceChildren();
  more.hidden = true;
  await next();
  if (found === results) status.textContent = said;
}

/** Show the next results; return the first of them. */
async function next() {
  const of = found;
  const stories = await Promise.all(of.slice(shown, shown + PAGE).map(hit => hit.data()));
  if (of !== found) return null;
  const items = stories.map(item);
  list.append(...items);
  shown += stories.length;
  more.hidden = shown >= found.length;
  return items[0];
}

function item({ url, meta, excerpt }) {
  const link = element("a", meta.title);
  link.href = url;
  const heading = element("h2");
  heading.append(link);
  const about = element("p", `${meta.section} · ${meta.date}`);
  about.className = "meta";
  const words = element("p");
  words.append("… ", ...marked(excerpt), " …");
  const entry = element("li");
  entry.append(heading, words, about);
  return entry;
}

/** Return an excerpt, in which <mark> alone is markup, as text and marks. */
function marked(excerpt) {
  return excerpt.split(/<\/?mark>/).map((part, at) => {
    const text = part.replace(/&(lt|gt|amp);/g,
      (_, name) => ({ lt: "<", gt: ">", amp: "&" })[name]);
    return at % 2 ? element("mark", text) : text;
  });
}

function element(name, text = "") {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Fill in the form what the address asks for, and find it. */
function read() {
  const asks = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field.name) field.value = asks.get(field.name) ?? "";
    if (field.selectedIndex === -1) field.value = "";
  }
  return find();
}

function write(how) {
  const query = new URLSearchParams(wanted());
  history[how](null, "", query.size ? `?${query}` : location.pathname);
}

let pause;
form.addEventListener("input", event => {
  clearTimeout(pause);
  pause = setTimeout(() => {
    write("replaceState");
    find();
  }, event.target.type === "search" ? 250 : 0);
});
form.addEventListener("submit", event => {
  event.preventDefault();
  clearTimeout(pause);
  write("pushState");
  find();
});
more.addEventListener("click", async () => {
  (await next())?.querySelector("a").focus();
});
addEventListener("popstate", read);

form.querySelector("fieldset").hidden = false;
read();
