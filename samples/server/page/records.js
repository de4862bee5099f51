// Requests and changes as the server has noted them. Which attributes a record has is said by its schema, so that what is
// added there is shown here without a change.

import {scim} from "./api.js";
import {badge, field, h, head, show, showDialog, table} from "./dom.js";

const kinds = {
  RequestRecord: {
    title: "Requests", lead: "What identity providers have sent, and why something was refused.",
    first: ["time", "at", "timestamp", "tenant", "method", "path", "target", "status", "subject", "detail"],
    hint: 'tenant eq "acme" and status ge 400',
  },
  AuditRecord: {
    title: "Audit", lead: "Who changed what, and when.",
    first: ["time", "at", "timestamp", "tenant", "actor", "subject", "operation", "resourceType", "resourceId", "resource"],
    hint: 'tenant eq "acme"',
  },
};

const isPlain = value => ["string", "number", "boolean"].includes(typeof value);

function cell(name, value) {
  if (value === undefined || value === null)
    return "–";
  if (name === "status")
    return badge(String(value), value >= 400 ? "bad" : "good");
  return isPlain(value) ? String(value).replace(/^(\d{4}-\d\d-\d\d)T([\d:]{8})(\.\d+)?Z$/, "$1 $2") : JSON.stringify(value);
}

/// A body is kept as text; as JSON it can be read.
function readable(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/// Why it was refused, and what would have allowed it, before all the rest.
function open(record) {
  const {schemas, meta, ...rest} = record;
  for (const name of ["requestBody", "responseBody"])
    if (isPlain(rest[name] ?? null))
      rest[name] = readable(rest[name]);
  const why = ["detail", "scimType", "reason", "explanation", "reference", "requirement", "setting"]
    .filter(name => rest[name] !== undefined);
  const refused = Number(rest.status) >= 400;
  showDialog(refused ? "Why it was refused" : "Record", [
    why.length ? h("div", {class: refused ? "error" : "note"}, why.map(name => h("div", {}, h("strong", {}, `${name}: `), cell(name, rest[name])))) : null,
    h("pre", {tabindex: "0"}, JSON.stringify(rest, null, 2)),
  ], "Close", true);
}

export async function recordsView(type, about) {
  const kind = kinds[type];
  const resourceType = (await scim.get("/ResourceTypes")).Resources.find(each => each.name === type);
  const schema = await scim.get(`/Schemas/${resourceType.schema}`);
  const names = schema.attributes.map(each => each.name);
  const simple = schema.attributes.filter(each => each.type !== "complex" && !each.multiValued).map(each => each.name);
  const columns = [...new Set([...kind.first.filter(name => names.includes(name)), ...simple])].slice(0, 7);
  const filter = h("input", {type: "search", name: "filter", spellcheck: "false", autocomplete: "off", placeholder: kind.hint,
    value: about.get("filter") || ""});
  const results = h("div", {"aria-live": "polite"});

  async function search(event) {
    event?.preventDefault?.();
    return ask(1);
  }

  async function ask(start) {
    const query = new URLSearchParams({count: 50, startIndex: start});
    const time = columns.find(name => ["time", "at", "timestamp"].includes(name));
    query.set("sortBy", time || "meta.created");
    query.set("sortOrder", "descending");
    if (filter.value.trim())
      query.set("filter", filter.value.trim());
    try {
      const list = await scim.get(`${resourceType.endpoint}?${query}`);
      const all = list.Resources || [];
      const made = all.length
        ? table(kind.title, columns.map(label => ({label})).concat({label: ""}), all.map(record => ({cells: [
          ...columns.map(name => cell(name, record[name])),
          h("div", {class: "actions"}, h("button", {type: "button", class: "small", onclick: () => open(record)},
            Number(record.status) >= 400 ? "Why?" : "Show"))]})))
        : h("div", {class: "card empty"}, h("strong", {}, "Nothing"), "Nothing was noted that matches.");
      if (all.length)
        made.append(h("div", {class: "pages"}, h("span", {}, `${start} to ${start + all.length - 1} of ${list.totalResults}`),
          h("div", {class: "actions"}, start > 1 ? h("button", {class: "small", onclick: () => ask(Math.max(1, start - 50))}, "Newer") : null,
            start + all.length <= list.totalResults ? h("button", {class: "small", onclick: () => ask(start + 50)}, "Older") : null)));
      show(results, made);
    } catch (error) {
      show(results, h("div", {class: "error", role: "alert"}, error.message));
    }
  }

  await search();
  return [head(kind.title, kind.lead), h("form", {class: "card search records", role: "search", onsubmit: search},
    field("Filter (RFC 7644)", filter), h("button", {type: "submit", class: "primary"}, "Search")), h("section", {}, results)];
}
