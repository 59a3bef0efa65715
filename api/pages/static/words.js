/** What a page's script says: the words that came with the page, and what is made of them. */

/** The words in the data block with that id. */
export const wordsIn = (id) => JSON.parse(document.getElementById(id).textContent);

/** `text` with `{name}` put in; numbers as they are read, 4,020. */
export function put(text, values = {}) {
  return text.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? values[name].toLocaleString(document.documentElement.lang) : values[name],
  );
}

/** `text` with nodes put in: an array of texts and nodes. */
export const putNodes = (text, nodes) =>
  text.split(/(\{\w+\})/).map((part) => nodes[/^\{(\w+)\}$/.exec(part)?.[1]] ?? part);

/** An element with attributes and children, texts among them: never HTML. */
export function made(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.flat());
  return element;
}

export const link = (path, text) => made("a", { href: path }, text);
