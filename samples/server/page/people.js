// Users and groups of a tenant, to look at: what an identity provider has made of them.

import {get, tenants} from "./api.js";
import {badge, field, h, head, latestIn, say, showDialog, table} from "./dom.js";

const pageSize = 25;

const columns = {
  Users: [{label: "userName"}, {label: "Name"}, {label: "E-mail"}, {label: "State"}, {label: "Last modified"}],
  Groups: [{label: "displayName"}, {label: "externalId"}, {label: "Last modified"}],
};

const when = resource => (resource.meta?.lastModified || "").replace("T", " ").replace(/(\.\d+)?Z$/, "");

async function open(tenant, type, resource) {
  const whole = await get(`/tenants/${tenant}/${type}/${encodeURIComponent(resource.id)}`);
  showDialog(resource.userName || resource.displayName || resource.id, h("pre", {tabindex: "0"}, JSON.stringify(whole, null, 2)), "Close", true);
}

function row(tenant, type, resource) {
  const name = h("button", {type: "button", class: "link", onclick: () => open(tenant, type, resource).catch(error => say(error.message))},
    resource.userName || resource.displayName || resource.id);
  if (type === "Groups")
    return {cells: [name, resource.externalId || "–", when(resource)]};
  const full = resource.displayName || resource.name?.formatted || [resource.name?.givenName, resource.name?.familyName].filter(Boolean).join(" ");
  const mail = (resource.emails || []).find(each => each.primary) || resource.emails?.[0];
  return {cells: [name, full || "–", mail?.value || "–", resource.active === false ? badge("Inactive") : badge("Active", "good"), when(resource)]};
}

export async function peopleView(about) {
  const served = await tenants();
  const tenant = h("select", {name: "tenant", onchange: search}, served.map(({name}) =>
    h("option", {value: name, selected: name === about.get("tenant")}, name)));
  const kind = name => h("label", {}, h("input", {type: "radio", name: "type", value: name, checked: name === "Users", onchange: search}), name);
  const filter = h("input", {type: "search", name: "filter", spellcheck: "false", autocomplete: "off", placeholder: 'userName sw "a" and active eq true'});
  const results = h("div", {"aria-live": "polite", "aria-busy": "true"});
  const form = h("form", {class: "card search", role: "search", onsubmit: search}, field("Tenant", tenant),
    h("div", {class: "segments", role: "radiogroup", "aria-label": "Resource type"}, kind("Users"), kind("Groups")),
    field("Filter (RFC 7644)", filter), h("button", {type: "submit", class: "primary"}, "Search"));

  const showLatest = latestIn(results);
  function search(event) {
    event?.preventDefault?.();
    return ask("");
  }

  function ask(cursor) {
    const type = new FormData(form).get("type");
    const query = new URLSearchParams({count: pageSize, cursor});
    query.set("excludedAttributes", "groups,members");
    if (filter.value.trim())
      query.set("filter", filter.value.trim());
    return showLatest(async () => found(type, await get(`/tenants/${tenant.value}/${type}?${query}`)));
  }

  function found(type, list) {
    const all = list.Resources || [];
    if (!all.length)
      return h("div", {class: "card empty"}, h("strong", {}, `No ${type.toLowerCase()}`),
        filter.value.trim() ? "None that the filter matches." : "Nobody has provisioned any yet.");
    const made = table(type, columns[type], all.map(each => row(tenant.value, type, each)));
    const total = list.totalResults;
    made.append(h("div", {class: "pages"}, h("span", {}, total === undefined ? `${all.length} shown` : `${all.length} of ${total} ${type.toLowerCase()}`),
      h("div", {class: "actions"}, list.previousCursor ? h("button", {type: "button", class: "small", onclick: () => ask(list.previousCursor)}, "Back") : null,
        list.nextCursor ? h("button", {type: "button", class: "small", onclick: () => ask(list.nextCursor)}, "Next page") : null)));
    return made;
  }

  search();
  return [head("Users and groups", "What a tenant holds, to look at. It is changed by SCIM clients alone."), form, h("section", {}, results)];
}
