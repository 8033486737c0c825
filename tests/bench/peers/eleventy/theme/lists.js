const KINDS = ["section", "topics", "author", "year"];

// Every list of stories there is: of all, and of each section, topic, author and year.
export function listsOf(stories) {
  const lists = new Map([["", { name: "Standfirst", folder: "/", kind: "all", stories }]]);
  for (const story of stories)
    for (const kind of KINDS)
      for (const name of [story.data[kind]].flat()) {
        const slug = String(name).toLowerCase().replaceAll(" ", "-");
        const folder = kind === "year" ? `/${name}/` : `/${kind}/${slug}/`;
        if (!lists.has(folder)) lists.set(folder, { name, folder, kind, stories: [] });
        lists.get(folder).stories.push(story);
      }
  return [...lists.values()];
}

export function pagesOf(lists) {
  return lists.flatMap((list) => {
    const of = Math.ceil(list.stories.length / 20);
    return Array.from({ length: of }, (_, index) => ({
      ...list, of, number: index + 1,
      stories: list.stories.slice(index * 20, index * 20 + 20),
      url: index ? `${list.folder}page/${index + 1}/` : list.folder,
    }));
  });
}

// The stories before and after one; where each stands is looked up once a build.
const places = new WeakMap();
export function around(stories, url) {
  if (!places.has(stories)) places.set(stories, new Map(stories.map((story, at) => [story.url, at])));
  const at = places.get(stories).get(url);
  return [stories[at + 1], stories[at - 1]].filter(Boolean);
}
