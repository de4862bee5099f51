// Keys: made here, shown once, rotated without an interruption, refused from the next request on.

import {get, post, scim, tenants} from "./api.js";
import {refresh} from "./app.js";
import {badge, field, formDialog, give, h, head, say, showDialog, table} from "./dom.js";

const presets = [
  ["scim", "Everything in its tenant"],
  ["users.write groups.write", "Users and groups: read and write"],
  ["users.write", "Users: read and write"],
  ["scim.read", "Read everything, change nothing"],
  ["", "Other scopes …"],
];

const day = date => date.toISOString().slice(0, 10);
const shown = time => time.replace(/T00:00:00(\.0+)?Z$/, "").replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");

/// What is given to an identity provider. The key is in this dialog and nowhere else.
function handOver(key, token, baseUrl, note) {
  showDialog(`The key ${token.name}`, [
    h("div", {class: "note"}, "This key is shown once. Store it now: the server keeps its hash alone."),
    give("Key (secret token)", key, "the key"),
    baseUrl ? give("Base URL (tenant URL)", baseUrl, "the base URL") : null,
    baseUrl ? give("Try it", `curl -H 'Authorization: Bearer ${key}' '${baseUrl}/Users'`, "the command") : null,
    note ? h("p", {}, note) : null,
  ], "I have stored it");
}

async function issue(wanted, note) {
  const {key, token} = await post("/keys", wanted);
  const served = await tenants();
  await refresh();
  handOver(key, token, served.find(tenant => tenant.name === wanted.tenant)?.baseUrl, note);
  say(`Key ${token.name} is made.`);
}

export async function newKey(tenant) {
  const served = await tenants();
  const other = field("Scopes", h("input", {type: "text", name: "other", spellcheck: "false", autocomplete: "off",
    pattern: "[a-zA-Z0-9._\\-]+( +[a-zA-Z0-9._\\-]+)*"}), "Separated by blanks, as users.read groups.write");
  other.hidden = true;
  const preset = h("select", {name: "preset", onchange: () => { other.hidden = preset.value !== ""; }},
    presets.map(([value, label]) => h("option", {value}, label)));
  const year = new Date(Date.now() + 365 * 86_400_000);
  formDialog("New key", [
    field("Name", h("input", {type: "text", name: "name", required: true, maxlength: "100", autocomplete: "off", spellcheck: "false"}),
      "Who has it, as okta-production: the log names it so."),
    field("Tenant", h("select", {name: "tenant"},
      served.map(({name}) => h("option", {value: name, selected: name === tenant}, name)))),
    field("It may", preset),
    other,
    field("Expires", h("input", {type: "date", name: "expires", value: day(year), min: day(new Date(Date.now() + 86_400_000))}),
      "At the beginning of that day (UTC). Empty: never."),
  ], "Make the key", async data => {
    const scopes = (data.get("preset") || data.get("other").trim()).split(/\s+/).filter(Boolean);
    if (!scopes.length)
      throw new Error("Say what the key is for.");
    const wanted = {name: data.get("name").trim(), tenant: data.get("tenant"), scopes};
    if (data.get("expires"))
      wanted.expires = `${data.get("expires")}T00:00:00Z`;
    await issue(wanted);
  });
}

/// okta, okta-2, okta-3
function successor(name, taken) {
  const [, stem, number] = /^(.*?)(?:-(\d+))?$/.exec(name);
  for (let i = Number(number || 1) + 1; ; ++i)
    if (!taken.includes(`${stem}-${i}`))
      return `${stem}-${i}`;
}

function rotate(token, all) {
  const name = successor(token.name, all.map(each => each.name));
  const year = new Date(Date.now() + 365 * 86_400_000);
  formDialog(`Rotate ${token.name}`, [
    h("p", {class: "field"}, `A new key, ${name}, is made with the same tenant and scopes. Both work until you revoke ${token.name}.`),
    field("The new one expires", h("input", {type: "date", name: "expires", value: token.expires ? day(year) : ""}), "Empty: never."),
  ], "Make the new key", async data => {
    const wanted = {name, tenant: token.tenant, scopes: token.scopes};
    if (data.get("expires"))
      wanted.expires = `${data.get("expires")}T00:00:00Z`;
    await issue(wanted, `Put it in the place of the old one, then revoke ${token.name}.`);
  });
}

function revoke(token) {
  formDialog(`Revoke ${token.name}?`, h("p", {}, "Whoever uses it gets 401 from the next request on. This cannot be taken back."),
    "Revoke", async () => {
      await scim.patch(`/Tokens/${token.id}`, {op: "replace", path: "revoked", value: true});
      say(`Key ${token.name} is revoked.`);
      await refresh();
    }, "danger");
}

function state(token) {
  if (token.revoked)
    return badge("Revoked", "bad");
  const left = token.expires ? Date.parse(token.expires) - Date.now() : Infinity;
  if (left <= 0)
    return badge("Expired", "bad");
  return left < 14 * 86_400_000 ? badge("Expires soon", "warn") : badge("Active", "good");
}

/// What is written down lasts; what this server has seen since is newer. A server that was started anew has seen nothing.
export const usedLast = (token, at) => [token.lastUsed, at].filter(Boolean).sort((a, b) => Date.parse(b) - Date.parse(a))[0];

function row(token, all, used) {
  const small = (label, action, kind) => h("button", {type: "button", class: `small ${kind || ""}`, onclick: action,
    "aria-label": `${label} ${token.name}`}, label);
  return {off: token.revoked, cells: [
    [token.name, h("span", {class: "under"}, `made ${(token.meta?.created || "").slice(0, 10)}`)], state(token), token.tenant, h("code", {}, (token.scopes || []).join(" ")),
    token.expires ? shown(token.expires) : "never", used ? shown(used) : h("span", {class: "quiet"}, "never"),
    h("div", {class: "actions"}, token.revoked ? null : [small("Rotate", () => rotate(token, all)),
      small("Revoke", () => revoke(token), "danger")])]};
}

export async function keysView() {
  // Whoever may read keys alone is told nothing of their use.
  const [all, uses] = await Promise.all([scim.all("/Tokens"), get("/uses").then(answer => answer.uses, () => [])]);
  all.sort((a, b) => a.tenant.localeCompare(b.tenant) || a.name.localeCompare(b.name));
  const button = () => h("button", {type: "button", class: "primary", onclick: () => newKey()}, "New key");
  return [
    head("Keys", "A key opens one tenant. It is shown once, and can be revoked at any time.", button()),
    all.length
      ? table("Keys", [{label: "Name"}, {label: "State"}, {label: "Tenant"}, {label: "Scopes"}, {label: "Expires"},
        {label: "Last used"}, {label: ""}], all.map(token => row(token, all, usedLast(token, uses.find(use => use.name === token.name)?.at))))
      : h("div", {class: "card empty"}, h("strong", {}, "No keys yet"), "An identity provider needs one, and the base URL of its tenant."),
  ];
}
