// Which view is shown, and to whom. A view is a function that returns its contents.

import {logOut, choosePassword, onSignedOut, scim, session} from "./api.js";
import {field, formDialog, h, say, show} from "./dom.js";
import {eventsView} from "./events.js";
import {healthView} from "./health.js";
import {keysView} from "./keys.js";
import {showChoosePassword, showLogIn} from "./log_in.js";
import {peopleView} from "./people.js";
import {recordsView} from "./records.js";
import {tenantsView} from "./tenants.js";

const views = [
  {name: "tenants", title: "Tenants", view: tenantsView},
  {name: "keys", title: "Keys", view: keysView},
  {name: "people", title: "Users and groups", view: peopleView},
  {name: "requests", title: "Requests", view: about => recordsView("RequestRecord", about), needs: "RequestRecord"},
  {name: "audit", title: "Audit", view: about => recordsView("AuditRecord", about), needs: "AuditRecord"},
  {name: "events", title: "Events", view: eventsView},
  {name: "health", title: "Health", view: healthView},
];

let who = null;
let offered = [];
let turn = 0;

const content = document.getElementById("content");
const bar = document.getElementById("bar");

function showBar(current) {
  show(bar, h("div", {class: "bar"},
    h("div", {class: "brand"}, "scimkit ", h("span", {}, "administration")),
    h("nav", {"aria-label": "Views"}, offered.map(({name, title}) =>
      h("a", {href: `#/${name}`, "aria-current": name === current ? "page" : null}, title))),
    h("div", {class: "who"}, h("span", {}, who.subject),
      who.byPassword ? h("button", {class: "small", onclick: changePassword}, "Password") : null,
      h("button", {class: "small", onclick: leave}, "Log out"))));
}

function changePassword() {
  const input = (name, complete) => h("input", {type: "password", name, required: true, autocomplete: complete});
  formDialog("Change the password", [field("Current password", input("current", "current-password")),
    field("New password", input("password", "new-password"), "At least 12 characters. Everybody else who is logged in with it is logged out.")],
  "Change", async data => {
    who = await choosePassword(data.get("password"), data.get("current"));
    say("The password is changed.");
  });
}

async function leave() {
  try {
    await logOut();
  } finally {
    signedOut();
  }
}

function signedOut() {
  who = null;
  ++turn;
  for (const dialog of document.querySelectorAll("dialog"))
    dialog.remove();
  showLogIn(enter);
}

async function enter(session) {
  who = session;
  if (who.hasToChoose)
    return showChoosePassword(enter);
  const types = await scim.get("/ResourceTypes").then(all => all.Resources.map(type => type.name), () => []);
  offered = views.filter(view => !view.needs || types.includes(view.needs));
  return route();
}

/// "#/people?tenant=acme"
async function route() {
  if (!who || who.hasToChoose)
    return;
  const [name, query] = location.hash.replace(/^#\/?/, "").split("?");
  const view = offered.find(each => each.name === name) || offered[0];
  const mine = ++turn;
  document.title = `${view.title} · scimkit`;
  showBar(view.name);
  try {
    const made = await view.view(new URLSearchParams(query || ""));
    if (mine === turn)
      show(content, made);
  } catch (error) {
    if (mine === turn)
      show(content, h("div", {class: "error", role: "alert"}, error.message));
  }
  if (mine === turn)
    content.querySelector("h1")?.focus({preventScroll: true});
}

/// After something was changed.
export function refresh() { return route(); }

addEventListener("hashchange", route);
onSignedOut(() => { if (who) signedOut(); });
document.querySelector(".skip").addEventListener("click", event => {
  event.preventDefault(); // the hash says which view it is
  content.focus();
});
session().then(enter, () => showLogIn(enter));
