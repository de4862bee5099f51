// Before anything else: who is there.

import {choosePassword, logIn} from "./api.js";
import {field, h, show} from "./dom.js";

function gate(title, lead, fields, label, send) {
  const problem = h("div", {class: "error", role: "alert", hidden: true});
  const button = h("button", {type: "submit", class: "primary"}, label);
  const form = h("form", {onsubmit: submit}, h("h1", {}, title), h("p", {class: "lead"}, lead), problem, fields, button);
  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await send(new FormData(form));
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
      button.disabled = false;
      form.querySelector("input").select();
    }
  }
  show(document.getElementById("bar"));
  show(document.getElementById("content"), h("div", {class: "gate"}, h("div", {class: "card"}, form)));
  form.querySelector("input").focus();
}

const password = (name, complete) =>
  h("input", {type: "password", name, autocomplete: complete, required: true, maxlength: "4096", spellcheck: "false"});

export function showLogIn(done) {
  document.title = "Log in · scimkit";
  gate("scimkit administration", "Log in with the administrator's password, or with an administration key.",
    [h("input", {type: "text", name: "username", autocomplete: "username", value: "administrator", hidden: true}),
      field("Password or key", password("secret", "current-password"))], "Log in",
    async data => done(await logIn(data.get("secret"))));
  document.querySelector("[name=secret]").focus();
}

export function showChoosePassword(done) {
  document.title = "Choose a password · scimkit";
  gate("Choose a password", "The one that you used opens nothing else. This one takes its place.",
    [field("New password", password("password", "new-password"), "At least 12 characters."),
      field("Once more", password("again", "new-password"))], "Go on", async data => {
      if (data.get("password") !== data.get("again"))
        throw new Error("The two are not the same.");
      done(await choosePassword(data.get("password")));
    });
}
