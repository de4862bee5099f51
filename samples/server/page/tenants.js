// Tenants: what each offers, where it is, and whether it is on.

import {convertTenant, removeTenant, schemaFiles, scim, tenants} from "./api.js";
import {refresh} from "./app.js";
import {badge, choices, copyable, field, formDialog, h, head, say, showDialog, table} from "./dom.js";
import {newKey} from "./keys.js";

const schema = "urn:scimkit:params:scim:schemas:admin:1.0:Tenant";

const verbs = ["create", "update", "deactivate", "delete"];

const namesOf = extensions => [...new Set(extensions.map(each => each.name))].join(", ");

function offers(tenant) {
  const types = tenant.types.length ? tenant.types.map(type => `${type}s`.toLowerCase()).join(", ") : "all types";
  const missing = verbs.filter(verb => !tenant[verb]);
  return [types, tenant.extensions.length ? h("span", {class: "under"}, `with ${namesOf(tenant.extensions)}`) : null,
    missing.length ? h("span", {class: "under"}, `no ${missing.join(", no ")}`) : null];
}

function rules(resource) {
  if (!resource)
    return "as the server";
  const switches = (resource.tolerance || []).map(({name, value}) => `${name}=${value}`);
  if (resource.schemaFiles)
    switches.push(`own schemas (${resource.schemaFiles.join(", ")})`);
  if (resource.allowedAddresses)
    switches.push("own addresses");
  if (resource.rate || resource.ratePerCredential)
    switches.push("own rates");
  return [resource.profile || (resource.strict ? "strict" : "default"),
    switches.length ? h("span", {class: "under"}, switches.join(", ")) : null];
}

function profileField(attributes, resource) {
  if (!attributes.includes("profile"))
    return null;
  return field("Profile", h("input", {type: "text", name: "profile", value: resource?.profile || "", autocomplete: "off"}),
    "Tolerances for one identity provider; empty: the server's own.");
}

/// A file that cannot be taken can be left all the same. Nothing where the server has no directory for them.
function schemasField(offered, resource) {
  const named = resource?.schemaFiles || [];
  if (!offered.files && !named.length)
    return null;
  const gone = named.filter(name => !offered.files?.some(file => file.name === name))
    .map(name => ({name, extensions: [], problem: "It is not among those that the server offers here."}));
  const about = file => file.problem || file.extensions.map(each => `${each.name} of ${each.type}, ${each.schema}`).join("; ");
  const all = [...offered.files || [], ...gone].map(file =>
    [file.name, h("span", {}, file.name, h("span", {class: "under"}, about(file))), named.includes(file.name),
      Boolean(file.problem) && !named.includes(file.name)]);
  return [h("input", {type: "hidden", name: "asksForSchemas", value: "yes"}),
    all.length ? choices("checkbox", "schemaFiles", "Schemas of its own", all)
      : h("p", {class: "hint"}, "There are no schemas of its own to choose: the server's directory for them is empty."),
    offered.leftOut ? h("p", {class: "hint"}, `And ${offered.leftOut} files more, which only SCIM and commands can name.`) : null];
}

function form(resource, {attributes, offered}) {
  const types = resource?.types || [];
  const only = types.length === 1 ? types[0] : "";
  const on = name => resource?.[name] !== false;
  return [
    field("Name", h("input", {type: "text", name: "name", value: resource?.name || "", disabled: Boolean(resource), required: true,
      pattern: "[A-Za-z0-9_\\-][A-Za-z0-9_.\\-]{0,63}", maxlength: "64", autocomplete: "off", spellcheck: "false"}),
    "Letters, digits, '-', '_' and '.'. It is part of the base URL and stays as it is."),
    types.length > 1 ? null : choices("radio", "types", "It has", [["", "Users and groups", !only], ["User", "Users only", only === "User"],
      ["Group", "Groups only", only === "Group"]]),
    choices("checkbox", "verbs", "Clients may", verbs.map(verb => [verb, verb, on(verb)])),
    profileField(attributes, resource),
    field("Addresses", h("input", {type: "text", name: "allowedAddresses", value: (resource?.allowedAddresses || []).join(" "),
      autocomplete: "off", spellcheck: "false"}), "That its clients may come from, or ranges (192.0.2.0/24), with blanks between; empty: all that the server lets in."),
    field("Requests a second", h("input", {type: "number", name: "rate", min: "0.001", max: "1000000", step: "any", value: resource?.rate ?? ""}),
      "Of all its keys together, twice as many at once; empty: as the server."),
    schemasField(offered, resource),
    choices("checkbox", "strict", "Tolerance", [["strict", "Nothing but what the RFCs allow", resource?.strict === true]]),
  ];
}

/// What the form says, as attributes.
function said(data) {
  const may = data.getAll("verbs");
  const attributes = Object.fromEntries(verbs.map(verb => [verb, may.includes(verb)]));
  attributes.strict = data.has("strict");
  if (data.get("types") !== null)
    attributes.types = data.get("types") ? [data.get("types")] : [];
  attributes.allowedAddresses = data.get("allowedAddresses").split(/[\s,]+/).filter(Boolean);
  attributes.rate = data.get("rate") && Number(data.get("rate"));
  if (data.get("profile") !== null)
    attributes.profile = data.get("profile");
  if (data.has("asksForSchemas"))
    attributes.schemaFiles = data.getAll("schemaFiles");
  return attributes;
}

const isNothing = value => value === "" || (Array.isArray(value) && !value.length);

function make(known) {
  formDialog("New tenant", form(null, known), "Make it", async data => {
    const name = data.get("name").trim();
    const wanted = Object.fromEntries(Object.entries(said(data)).filter(([, value]) => !isNothing(value)));
    await scim.post("/Tenants", {schemas: [schema], name, enabled: true, ...wanted});
    say(`Tenant ${name} is made.`);
    await refresh();
  });
}

function edit(resource, known) {
  formDialog(`Change ${resource.name}`, form(resource, known), "Save", async data => {
    const operations = [];
    for (const [path, value] of Object.entries(said(data)))
      if (!isNothing(value))
        operations.push({op: "replace", path, value});
      else if (resource[path] !== undefined)
        operations.push({op: "remove", path});
    await scim.patch(`/Tenants/${resource.id}`, ...operations);
    say(`Tenant ${resource.name} is changed.`);
    await refresh();
  });
}

async function turn(resource, on) {
  await scim.patch(`/Tenants/${resource.id}`, {op: "replace", path: "enabled", value: on});
  say(`Tenant ${resource.name} is ${on ? "on" : "off"}.`);
  await refresh();
}

/// Some hundred accounts at a time, until none is left.
async function convert(name) {
  let told;
  do
    told = await convertTenant(name, name);
  while (told.left !== "nothing");
  say(`Tenant ${name} is off, and SCIM manages none of its accounts.`);
  await refresh();
}

/// Says first what each way would do.
async function turnOff(resource) {
  const {name} = resource;
  const {left, message} = await convertTenant(name).catch(error => error);
  formDialog(`Switch ${name} off?`, [
    h("p", {}, "Its clients get 403 from the next request on. All data and keys are kept, and it can be switched on again."),
    left === undefined ? h("p", {class: "hint"}, `Its accounts cannot be taken from SCIM. ${message}`)
      : choices("radio", "how", "Its accounts", [["freeze", "stay SCIM's, as they are", true],
        ["convert", `are yours alone from then on: SCIM manages ${left}, and could only read that if it is switched on again`, false]]),
    h("p", {class: "hint"}, "To take away all that it has, remove it."),
  ], "Switch off", data => data.get("how") === "convert" ? convert(name) : turn(resource, false), "danger");
}

/// The identity provider's next attempt goes through then.
function release(hold) {
  formDialog(`Release the deletions of ${hold.tenant}?`,
    h("p", {}, "There were more deletions and deactivations in an hour than the guard allows. Look at what the identity provider does first: once released, they are carried out, uncounted for an hour."),
    "Release", async () => {
      await scim.remove(`/DeletionHolds/${encodeURIComponent(hold.id)}`);
      say(`Deletions of ${hold.tenant} are released.`);
      await refresh();
    }, "danger");
}

/// Tells first what would go: nobody gives it back.
async function remove(name) {
  let there;
  try {
    there = await removeTenant(name);
  } catch (error) {
    return showDialog(`Remove ${name}?`, h("div", {class: "error", role: "alert"}, error.message));
  }
  const listed = names => names.length ? names.join(", ") : "none";
  formDialog(`Remove ${name}?`, [
    h("p", {}, `Resources: ${there.resources}. Keys: ${listed(there.keys)}. OAuth clients: ${listed(there.clients)}.`),
    h("p", {}, "All of it goes for ever, but for audit records. Keys and clients are revoked. To keep it, switch the tenant off instead."),
    field("Type the tenant's name", h("input", {type: "text", name: "confirm", required: true, autocomplete: "off", spellcheck: "false"})),
  ], "Remove", async data => {
    await removeTenant(name, data.get("confirm"));
    say(`Tenant ${name} is removed.`);
    await refresh();
  }, "danger");
}

function row(tenant, resource, known, hold) {
  const small = (label, action, kind = "") => h("button", {type: "button", class: `small ${kind}`, onclick: action,
    "aria-label": `${label} ${tenant.name}`}, label);
  return {off: !tenant.enabled, cells: [
    [tenant.name, resource ? null : h("span", {class: "under"}, "of the server's settings")],
    [tenant.enabled ? badge("On", "good") : badge("Off", "bad"), hold ? badge("Deletions held", "bad") : null],
    copyable(tenant.baseUrl, `the base URL of ${tenant.name}`),
    offers(tenant),
    rules(resource),
    h("div", {class: "actions"},
      small("Key", () => newKey(tenant.name)),
      hold ? small("Release", () => release(hold), "danger") : null,
      resource ? small("Change", () => edit(resource, known)) : null,
      resource ? tenant.enabled ? small("Disable", () => turnOff(resource)) : small("Enable", () => turn(resource, true)) : null,
      resource ? small("Remove", () => remove(tenant.name), "danger") : null),
  ]};
}

export async function tenantsView() {
  const [served, resources, described, holds, offered] = await Promise.all([tenants(), scim.all("/Tenants"),
    scim.get(`/Schemas/${schema}`), scim.all("/DeletionHolds"), schemaFiles()]);
  const known = {attributes: described.attributes.map(each => each.name), offered};
  const broken = resources.filter(each => !served.some(tenant => tenant.name === each.name));
  return [
    head("Tenants", "Each application that provisions has a tenant of its own: its own base URL, keys and data.",
      h("button", {type: "button", class: "primary", onclick: () => make(known)}, "New tenant")),
    broken.length ? h("div", {class: "note"}, `Not served, the log says why: ${broken.map(each => each.name).join(", ")}`) : null,
    table("Tenants", [{label: "Name"}, {label: "State"}, {label: "Base URL"}, {label: "Offers"}, {label: "Rules"}, {label: ""}],
      served.map(tenant => row(tenant, resources.find(each => each.name === tenant.name), known,
        holds.find(each => each.tenant === tenant.name)))),
  ];
}
