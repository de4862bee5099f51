// Elements are made here and nowhere else. What a server said becomes text, never markup: there is no way to say markup.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false)
      continue;
    if (name.startsWith("on"))
      element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked")
      element[name] = value;
    else
      element.setAttribute(name, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

function append(element, children) {
  for (const child of children.flat(Infinity))
    if (child !== null && child !== undefined && child !== false)
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
}

export function show(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/// A function that shows in `element` what `make` brings, or why it did not; of several callings the last one, however
/// late an earlier one answers.
export function latestIn(element) {
  let turn = 0;
  return async make => {
    const mine = ++turn;
    element.setAttribute("aria-busy", "true");
    let made;
    try {
      made = await make();
    } catch (error) {
      made = h("div", {class: "error", role: "alert"}, error.message);
    }
    if (mine !== turn)
      return;
    show(element, made);
    element.setAttribute("aria-busy", "false");
  };
}

let silence = 0;

/// Says to everybody, seeing or not, what has happened.
export function say(text) {
  const live = document.getElementById("live");
  live.textContent = text;
  clearTimeout(silence);
  silence = setTimeout(() => { live.textContent = ""; }, 5000);
}

/// Cells are nodes or texts; the first is the name of its row. A narrow page shows each row as a block.
export function table(caption, columns, rows) {
  const row = ({cells, off}) => h("tr", {class: off ? "off" : null}, cells.map((cell, i) => i === 0
    ? h("th", {scope: "row"}, cell)
    : h("td", {"data-label": columns[i].label || null, class: columns[i].number ? "number" : null}, cell)));
  return h("div", {class: "card scroll"}, h("table", {class: "stack", "aria-label": caption},
    h("thead", {}, h("tr", {}, columns.map(({label, number}) =>
      h("th", {scope: "col", class: number ? "number" : null, "aria-label": label ? null : "Actions"}, label)))),
    h("tbody", {}, rows.map(row))));
}

export function badge(text, kind = "") { return h("span", {class: `badge ${kind}`}, text); }

let fields = 0;

/// A labelled control, with a hint that is read with it.
export function field(label, control, hint) {
  const id = control.id || `field-${++fields}`;
  control.id = id;
  if (hint)
    control.setAttribute("aria-describedby", `${id}-hint`);
  return h("div", {class: "field"}, h("label", {for: id}, label), control,
    hint ? h("p", {class: "hint", id: `${id}-hint`}, hint) : null);
}

/// Choices of which one or several hold: [value, label, checked, disabled].
export function choices(type, name, legend, all) {
  return h("fieldset", {class: "field"}, h("legend", {}, legend), h("div", {class: "choice"},
    all.map(([value, label, checked, disabled]) => h("label", {class: disabled ? "quiet" : null},
      h("input", {type, name, value, checked, disabled}), label))));
}

export function copyButton(text, what) {
  const button = h("button", {type: "button", class: "small", "aria-label": `Copy ${what}`, onclick: copy}, "Copy");
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied ${what}.`);
    } catch { // no permission, or no https: it is marked, so that Ctrl-C takes it
      const shown = button.parentElement.querySelector("code");
      if (shown)
        getSelection().selectAllChildren(shown);
      say("Marked. Press Ctrl-C to copy it.");
    }
  }
  return button;
}

/// A form in a dialog. `send` throws what went wrong, which is then shown in it; else the dialog closes.
export function formDialog(title, contents, label, send, kind = "primary") {
  const problem = h("div", {class: "error", role: "alert", hidden: true});
  const button = h("button", {type: "submit", class: kind}, label);
  const form = h("form", {onsubmit: submit, novalidate: false}, h("h2", {id: "dialog-title"}, title), problem, contents,
    h("div", {class: "actions end"}, h("button", {type: "button", onclick: () => dialog.close()}, "Cancel"), button));
  const dialog = openDialog(form);
  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    try {
      await send(new FormData(form));
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      button.disabled = false;
    }
  }
  return dialog;
}

/// Something to read, or to take along.
export function showDialog(title, contents, label = "Close", wide = false) {
  const dialog = openDialog([h("h2", {id: "dialog-title"}, title), contents, h("div", {class: "actions end"},
    h("button", {type: "button", class: "primary", onclick: () => dialog.close()}, label))], wide);
  return dialog;
}

/// The focus goes back to where it was; to the name of the view, if that was made anew; nowhere, if another one is open.
function openDialog(contents, wide = false) {
  const before = document.activeElement;
  const dialog = h("dialog", {"aria-labelledby": "dialog-title", class: wide ? "wide" : null, onclose: closed}, contents);
  function closed() {
    dialog.remove();
    const open = document.querySelector("dialog[open]");
    if (open)
      open.querySelector("button.primary")?.focus();
    else if (before?.isConnected)
      before.focus();
    else
      document.querySelector("main h1")?.focus();
  }
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/// The head of a view; the focus goes to its name, so that it is read.
export function head(title, text, ...actions) {
  return h("div", {class: "head"}, h("div", {}, h("h1", {tabindex: "-1"}, title), text ? h("p", {}, text) : null),
    h("div", {class: "actions"}, actions));
}

export function copyable(text, what) {
  return h("span", {class: "url"}, h("code", {}, text), copyButton(text, what));
}

/// A thing that is handed over: its name, it, and a button.
export function give(label, text, what) {
  return h("div", {class: "give"}, h("span", {}, label), h("div", {}, h("code", {}, text), copyButton(text, what)));
}
