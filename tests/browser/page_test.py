"""The page of the administration as an administrator meets it: in Chromium, from the first log in to a user who was
provisioned with a key that the page made. Its pictures are those of docs/administration.md: with SCIMKIT_SCREENSHOTS
they are written there.
"""
import http.server
import json
import os
import pathlib
import re
import socket
import threading
import unittest
import urllib.error
import urllib.request

import driver

driver.need_browser()
driver.need_selenium()

from selenium.common.exceptions import StaleElementReferenceException  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import Select, WebDriverWait  # noqa: E402

PICTURES = os.environ.get("SCIMKIT_SCREENSHOTS")
PASSWORD = "correct horse battery"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def extension(name, attribute, uri):
    """A file of schemas, which gives users one attribute more."""
    return json.dumps([
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": uri, "name": name, "attributes": [attribute]},
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "name": "User", "endpoint": "/Users", "schema": USER,
         "schemaExtensions": [{"schema": uri, "required": False}]}])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Receiver:
    """Of webhooks; it answers 503 while it is told to."""

    def __init__(self):
        self.refuses = True
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(503 if receiver.refuses else 204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/a-path-that-is-a-secret"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


class Page(unittest.TestCase):
    def setUp(self):
        self.server = driver.Server(free_port(), free_port())
        self.addCleanup(self.server.stop)
        self.browser = driver.start_browser()
        self.addCleanup(self.browser.quit)

    # What a person does

    def wait(self, condition, seconds=20):
        """A view that is made anew takes its elements away; then it is looked again."""
        return WebDriverWait(self.browser, seconds, poll_frequency=0.05,
                             ignored_exceptions=[StaleElementReferenceException]).until(lambda _: condition())

    def find(self, css):
        return self.wait(lambda: next(iter(self.browser.find_elements(By.CSS_SELECTOR, css)), None))

    def button(self, label, within=""):
        def look():
            for each in self.browser.find_elements(By.CSS_SELECTOR, f"{within} button, {within} a.button"):
                if label in (each.get_attribute("aria-label"), each.text) and each.is_displayed():
                    return each
            return None
        return self.wait(look)

    def press(self, label, within=""):
        self.wait(lambda: self.button(label, within).click() or True)

    def type(self, name, text):
        def write():
            box = self.find(f"[name='{name}']")
            box.clear()
            box.send_keys(text)
            return True
        self.wait(write)

    def heading(self, text):
        self.wait(lambda: any(each.text == text for each in self.browser.find_elements(By.TAG_NAME, "h1")))

    def go(self, view):
        def follow():
            links = self.browser.find_elements(By.LINK_TEXT, view)
            return bool(links) and (links[0].click() or True)
        self.wait(follow)
        self.heading(view)

    def row(self, name):
        def look():
            for each in self.browser.find_elements(By.CSS_SELECTOR, "tbody tr"):
                if each.find_element(By.TAG_NAME, "th").text.split("\n")[0] == name:
                    return each.text
            return None
        return self.wait(look)

    def no_dialog(self):
        self.wait(lambda: not self.browser.find_elements(By.TAG_NAME, "dialog"))

    def picture(self, name):
        if PICTURES:
            self.browser.execute_script("document.getElementById('live').textContent = ''; document.activeElement?.blur()")
            self.browser.save_screenshot(str(pathlib.Path(PICTURES) / f"{name}.png"))

    def log_in(self):
        self.browser.get(self.server.admin + "/admin")
        self.type("secret", self.server.password)
        self.press("Log in")
        self.type("password", PASSWORD)
        self.type("again", PASSWORD)
        self.press("Go on")
        self.heading("Tenants")

    def make_tenant(self, name):
        self.go("Tenants")
        self.press("New tenant")
        self.type("name", name)
        self.press("Make it")
        self.no_dialog()
        self.row(name)

    def take_key(self):
        """From the dialog that shows it, this once."""
        self.wait(lambda: "shown once" in self.find("dialog .note").text)
        key = self.find("dialog .give code").text
        self.assertRegex(key, "^scim_[0-9A-Za-z]{49}$")
        return key

    def make_key(self, name, tenant):
        self.go("Keys")
        self.press("New key")
        self.type("name", name)
        Select(self.find("dialog [name='tenant']")).select_by_visible_text(tenant)
        self.press("Make the key")
        return self.take_key()

    # What an identity provider does

    def provision(self, key, method="GET", path="/Users", body=None, root="/acme/scim/v2"):
        request = urllib.request.Request(f"{self.server.url}{root}{path}", method=method,
                                         data=json.dumps(body).encode() if body else None)
        request.add_header("Authorization", "Bearer " + key)
        request.add_header("Content-Type", "application/scim+json")
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code

    def user(self, key, name, **more):
        first, _, last = name.partition("@")[0].partition(".")
        return self.provision(key, "POST", "/Users", {
            "schemas": [USER], "userName": name, "name": {"givenName": first.title(), "familyName": last.title()},
            "emails": [{"value": name, "primary": True}], "active": True, **more})

    # Stories

    def test_from_the_first_log_in_to_a_user_and_to_a_key_that_is_revoked(self):
        self.browser.get(self.server.admin + "/admin")
        self.find("[name='secret']")
        self.log_in()
        self.make_tenant("acme")
        self.make_tenant("globex")
        self.make_key("globex-entra", "globex")
        self.press("I have stored it")
        self.no_dialog()
        first = self.make_key("acme-okta", "acme")
        if PICTURES:  # of a key that opens nothing
            self.browser.execute_script("for (const code of document.querySelectorAll('dialog code'))"
                                        "  code.textContent = code.textContent.replace(arguments[0], arguments[1])",
                                        first, "scim_EXAMPLE" + "0" * 42)
        self.picture("admin-key")
        self.press("I have stored it")
        self.no_dialog()
        self.assertNotIn(first, self.browser.page_source)

        for name in ("ada.lovelace", "grace.hopper", "alan.turing", "katherine.johnson", "edsger.dijkstra", "barbara.liskov"):
            self.assertEqual(self.user(first, name + "@acme.example", active=name != "alan.turing"), 201)
        self.assertEqual(self.provision(first, "POST", "/Groups", {"schemas": [GROUP], "displayName": "Engineers"}), 201)
        self.go("Users and groups")
        Select(self.find("[name='tenant']")).select_by_visible_text("acme")
        self.row("ada.lovelace@acme.example")
        self.picture("admin-users")
        self.type("filter", 'userName sw "grace"')
        self.press("Search")
        self.wait(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, "tbody tr")) == 1)
        self.press("grace.hopper@acme.example")
        self.assertIn('"familyName": "Hopper"', self.find("dialog pre").text)
        self.press("Close")
        self.no_dialog()
        self.browser.find_element(By.XPATH, "//label[.='Groups']").click()
        self.type("filter", "")
        self.press("Search")
        self.row("Engineers")

        self.go("Keys")
        self.press("Rotate acme-okta")
        self.press("Make the new key")
        second = self.take_key()
        self.press("I have stored it")
        self.no_dialog()
        self.row("acme-okta-2")
        self.assertEqual([self.provision(first), self.provision(second)], [200, 200])
        self.press("Revoke acme-okta")
        self.press("Revoke", "dialog")
        self.no_dialog()
        self.wait(lambda: "Revoked" in self.row("acme-okta"))
        self.assertEqual([self.provision(first), self.provision(second)], [401, 200])
        self.picture("admin-keys")

        self.go("Tenants")
        self.press("Disable globex")
        self.wait(lambda: "there is no mark (managedBy)" in self.find("dialog").text)
        self.press("Switch off", "dialog")
        self.no_dialog()
        self.wait(lambda: "Off" in self.row("globex"))
        self.picture("admin-tenants")
        self.press("Disable acme")
        self.press("Switch off", "dialog")
        self.no_dialog()
        self.assertEqual(self.provision(second), 403)
        self.press("Enable acme")
        self.wait(lambda: "On" in self.row("acme"))
        self.assertEqual(self.provision(second), 200)
        self.go("Health")
        self.wait(lambda: "Ready" in self.find(".tiles").text)
        self.picture("admin-health")

        self.press("Log out")
        self.find("[name='secret']")
        self.assertEqual(self.browser.get_cookies(), [])
        self.browser.get(self.server.admin + "/admin#/keys")
        self.find("[name='secret']")
        self.complaints()
        for secret in (first, second, PASSWORD, self.server.password):
            self.assertNotIn(secret, self.server.log.read_text())

    def complaints(self):
        """Nothing was blocked by the policy, and no script failed. A 401 before a log in is as it should be."""
        said = [line["message"] for line in self.browser.get_log("browser") if line["level"] in ("SEVERE", "WARNING")]
        self.assertEqual([line for line in said if "status of 40" not in line], [])

    def test_what_a_client_names_its_resources_stays_text(self):
        self.log_in()
        key = self.make_key("evil", "default")
        self.press("I have stored it")
        self.no_dialog()
        evil = "<img src=x onerror=document.title='pwned'>"
        request = urllib.request.Request(self.server.url + "/scim/v2/Users", method="POST", headers={
            "Authorization": "Bearer " + key, "Content-Type": "application/scim+json"},
            data=json.dumps({"schemas": [USER], "userName": evil, "displayName": evil, "emails": [{"value": "a@b.example"}]}).encode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            self.assertEqual(answer.status, 201)
        self.go("Users and groups")
        self.row(evil)
        self.assertFalse(self.browser.find_elements(By.CSS_SELECTOR, "main img"))
        self.assertTrue(self.browser.title.startswith("Users and groups"))
        for number in range(30):
            self.provision(key, "POST", "/Users", {"schemas": [USER], "userName": f"user{number:02}"}, root="/scim/v2")
        names = lambda: [each.text for each in self.browser.find_elements(By.CSS_SELECTOR, "tbody th")]
        self.press("Search")
        self.wait(lambda: len(names()) == 25)
        first = names()
        self.press("Next page")
        self.wait(lambda: len(names()) == 6)
        self.assertFalse(set(first) & set(names()))
        self.press("Back")
        self.wait(lambda: names() == first)
        self.complaints()

    def test_refusals_are_told_where_they_happen(self):
        self.browser.get(self.server.admin + "/admin")
        self.type("secret", "not the password")
        self.press("Log in")
        self.wait(lambda: "neither the password nor a key" in self.find("[role='alert']").text)
        self.log_in()
        self.make_tenant("acme")
        self.press("New tenant")
        self.type("name", "acme")
        self.press("Make it")
        self.wait(lambda: "acme" in self.find("dialog [role='alert']").text or "use" in self.find("dialog [role='alert']").text)
        self.press("Cancel")
        self.no_dialog()
        self.go("Users and groups")
        self.type("filter", "userName is ada")
        self.press("Search")
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, "main [role='alert']"))

    def test_requests_are_shown_and_why_one_was_refused(self):
        self.log_in()
        self.make_tenant("acme")
        key = self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        for name in ("ada.lovelace", "grace.hopper", "alan.turing"):
            self.assertEqual(self.user(key, name + "@acme.example", password="never-shown-on-a-page"), 201)
        self.provision(key, "GET", "/Users?filter=userName%20sw%20%22a%22")
        self.assertEqual(self.user(key, "grace.hopper@acme.example"), 409)
        self.assertEqual(self.user(key, "evil@acme.example", active="<b>perhaps</b>"), 400)
        rows = lambda: self.browser.find_elements(By.CSS_SELECTOR, "tbody tr")

        def search(filter_, count):
            """They are written a moment after the answer."""
            self.type("filter", filter_)
            self.wait(lambda: self.press("Search") or len(rows()) == count)

        self.go("Requests")
        search('tenant eq "acme"', 6)
        self.assertIn("400", rows()[0].text)  # the newest comes first
        self.picture("admin-requests")
        search('tenant eq "acme" and refused eq true', 2)
        self.press("Why?")
        self.wait(lambda: "active" in self.find("dialog .error").text)
        said = self.find("dialog .error").text
        self.assertRegex(said, "reference: RFC 764[34] section ")
        self.assertIn("requirement: ", said)
        self.picture("admin-why")
        whole = self.find("dialog pre").text
        self.assertIn('"active": "<b>perhaps</b>"', whole)
        self.assertNotIn("never-shown-on-a-page", whole)
        self.assertNotIn(key, whole)
        self.press("Close")
        self.no_dialog()
        search('method eq "GET" and tenant eq "acme"', 1)
        self.press("Show")
        self.assertIn("userName%20sw", self.find("dialog pre").text)
        self.press("Close")
        self.no_dialog()
        self.type("filter", "status is 400")
        self.press("Search")
        self.wait(lambda: self.browser.find_elements(By.CSS_SELECTOR, "main [role='alert']"))
        self.complaints()

    def test_audit_is_shown_when_it_is_announced(self):
        self.log_in()
        announced = {
            "/admin/api/scim/ResourceTypes": {"Resources": [
                {"name": "Tenant"}, {"name": "AuditRecord", "endpoint": "/AuditRecords", "schema": "urn:x:AuditRecord"}]},
            "/admin/api/scim/Schemas/urn:x:AuditRecord": {"attributes": [
                {"name": name, "type": "string"} for name in ("time", "tenant", "actor", "operation", "resource")]},
            "/admin/api/scim/AuditRecords": {"totalResults": 1, "Resources": [{
                "time": "2026-11-27T01:00:00Z", "tenant": "acme", "actor": "<b>okta</b>", "operation": "create", "resource": "1"}]}}
        self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": f"""
            const announced = {json.dumps(announced)}, ask = window.fetch;
            window.fetch = (url, options) => url.split("?")[0] in announced
              ? Promise.resolve(new Response(JSON.stringify(announced[url.split("?")[0]]), {{headers: {{"Content-Type": "application/json"}}}}))
              : ask(url, options);"""})
        self.browser.refresh()
        self.go("Audit")
        self.assertFalse(self.browser.find_elements(By.LINK_TEXT, "Requests"))
        self.press("Show")
        self.assertIn("<b>okta</b>", self.find("dialog pre").text)
        self.press("Close")
        self.no_dialog()

    @unittest.skipUnless("client" in os.environ.get("SCIMKIT_FEATURES", ""), "a server without libcurl posts nothing")
    def test_events_say_who_was_told_and_what_failed(self):
        self.server.stop()
        receiver = Receiver()
        self.server = driver.Server(free_port(), free_port(), receiver.url)
        self.addCleanup(self.server.stop)
        self.log_in()
        self.make_tenant("acme")
        key = self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        self.go("Events")
        Select(self.find("[name='tenant']")).select_by_visible_text("acme")

        def look_until(text, row="Webhook"):
            def look():
                self.press("Look again")
                self.wait(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "[aria-busy='true']"))
                return text in self.row(row)
            self.wait(look)

        look_until("Up to date")
        self.assertEqual(self.user(key, "ada.lovelace@acme.example"), 201)
        look_until("the answer is 503")
        self.assertIn("Fails", self.row("Webhook"))
        look_until("Up to date", "Audit log")
        self.picture("admin-events")
        self.press("Why did Webhook fail?")
        said = self.find("dialog .error").text
        for each in ("Reason: the answer is 503", r"Next attempt: [2-9]", "Delivered: 0"):
            self.assertRegex(said, each)
        self.press("Close")
        self.no_dialog()
        receiver.refuses = False
        look_until("Up to date")
        self.assertNotIn("a-path-that-is-a-secret", self.browser.page_source)
        Select(self.find("[name='tenant']")).select_by_visible_text("default")
        self.wait(lambda: "the answer is 503" not in self.row("Webhook"))
        self.complaints()

    def test_last_used_is_what_is_written_down_or_what_was_seen_since(self):
        self.log_in()
        self.make_tenant("acme")
        key = self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        self.assertIn("never", self.row("acme-okta"))
        self.assertEqual(self.provision(key), 200)
        self.go("Tenants")
        self.go("Keys")
        self.wait(lambda: "UTC" in self.row("acme-okta"))
        early, late = "2026-11-27T01:00:00Z", "2026-11-27T09:00:00.5Z"
        for written, seen, last in ((early, None, early), (None, late, late), (early, late, late), (late, early, late), (None, None, None)):
            said = self.browser.execute_async_script(
                "const done = arguments[2];"
                "import('/admin/page/keys.js').then(m => done(m.usedLast({lastUsed: arguments[0]}, arguments[1]) ?? null), e => done(String(e)))",
                written, seen)
            self.assertEqual(said, last)

    def test_the_audit_says_who_made_what(self):
        self.log_in()
        self.make_tenant("acme")
        key = self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        for name in ("ada.lovelace", "grace.hopper"):
            self.assertEqual(self.user(key, name + "@acme.example"), 201)
        self.go("Audit")
        self.wait(lambda: self.press("Search") or self.find("main").text.count("User") >= 2)
        self.picture("admin-audit")
        self.type("filter", 'resourceType eq "Tenant"')

        def noted():
            self.press("Search")
            return "acme" in self.find("main").text
        self.wait(noted)
        self.press("Show")
        self.wait(lambda: '"operation": "create"' in self.find("dialog pre").text)
        self.assertIn('"changed"', self.find("dialog pre").text)
        self.press("Close")
        self.no_dialog()

    def test_everything_can_be_done_without_a_mouse(self):
        self.log_in()
        active = lambda: self.browser.switch_to.active_element
        self.wait(lambda: active().tag_name == "h1")  # a view says its name first
        reached = set()
        for _ in range(40):
            ActionChains(self.browser).send_keys(Keys.TAB).perform()
            reached.add(active().get_attribute("aria-label") or active().text)
        for name in ("Keys", "Users and groups", "Requests", "Events", "Health", "New tenant", "Log out", "Copy the base URL of default", "Skip to the content"):
            self.assertIn(name, reached)
        while active().text != "New tenant":
            ActionChains(self.browser).send_keys(Keys.TAB).perform()
        active().send_keys(Keys.ENTER)
        self.wait(lambda: active().get_attribute("name") == "name")
        active().send_keys("typed", Keys.ENTER)
        self.no_dialog()
        self.row("typed")
        self.wait(lambda: active().tag_name == "h1")
        self.press("Key typed")
        self.wait(lambda: active().get_attribute("name") == "name")
        active().send_keys("typed-key", Keys.ENTER)
        self.wait(lambda: active().text == "I have stored it")
        active().send_keys(Keys.ENTER)
        self.no_dialog()
        self.wait(lambda: active().tag_name == "h1")
        self.press("New tenant")
        self.find("dialog")
        ActionChains(self.browser).send_keys(Keys.ESCAPE).perform()
        self.no_dialog()
        self.wait(lambda: active().text == "New tenant")  # the focus is where it was
        unnamed = self.browser.execute_script("""
            return [...document.querySelectorAll('input, select, button, a')].filter(each => each.type !== 'hidden'
              && !each.labels?.length && !each.textContent.trim() && !each.getAttribute('aria-label')).length""")
        self.assertEqual(unnamed, 0)
        self.assertEqual(len(self.browser.find_elements(By.CSS_SELECTOR, "main, header nav[aria-label], [aria-live]")), 3)

    def reach(self, label):
        """By Tab alone, from where the focus is; round the whole page at most."""
        for _ in range(120):
            ActionChains(self.browser).send_keys(Keys.TAB).perform()
            try:
                active = self.browser.switch_to.active_element
                if label in (active.get_attribute("aria-label"), active.get_attribute("name"), active.text):
                    return active
            except StaleElementReferenceException:
                pass
        raise AssertionError(f"Tab does not come to {label}")

    def enter(self, label):
        self.reach(label).send_keys(Keys.ENTER)

    def test_keys_end_tenants_go_off_and_users_and_requests_are_looked_at_without_a_mouse(self):
        self.log_in()
        self.make_tenant("acme")
        first = self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        self.assertEqual(self.user(first, "ada.lovelace@acme.example"), 201)

        self.enter("Keys")
        self.heading("Keys")
        self.enter("Rotate acme-okta")
        self.enter("Make the new key")
        second = self.take_key()
        self.enter("I have stored it")
        self.no_dialog()
        self.row("acme-okta-2")
        self.enter("Revoke acme-okta")
        self.find("dialog")
        self.enter("Revoke")
        self.no_dialog()
        self.wait(lambda: "Revoked" in self.row("acme-okta"))
        self.assertEqual([self.provision(first), self.provision(second)], [401, 200])

        self.enter("Users and groups")
        self.heading("Users and groups")
        self.reach("tenant").send_keys("acme")
        self.row("ada.lovelace@acme.example")
        self.reach("filter").send_keys('userName sw "ada"', Keys.ENTER)
        self.wait(lambda: len(self.browser.find_elements(By.CSS_SELECTOR, "tbody tr")) == 1)
        self.enter("ada.lovelace@acme.example")
        self.assertIn('"familyName": "Lovelace"', self.find("dialog pre").text)
        ActionChains(self.browser).send_keys(Keys.ESCAPE).perform()
        self.no_dialog()

        for view in ("Requests", "Audit", "Events", "Health", "Tenants"):
            self.enter(view)
            self.heading(view)
        self.enter("Disable acme")
        self.find("dialog")
        self.enter("Switch off")
        self.no_dialog()
        self.wait(lambda: "Off" in self.row("acme"))
        self.enter("Enable acme")
        self.wait(lambda: "On" in self.row("acme"))
        self.enter("Log out")
        self.find("[name='secret']")

    def test_a_tenant_is_given_schemas_of_its_own_without_a_mouse(self):
        badge, desk = "urn:example:schemas:Badge", "urn:example:schemas:Desk"
        number = {"name": "number", "type": "string", "description": "On it."}
        self.server.stop()
        self.server = driver.Server(free_port(), free_port(), schemas={
            "badge.json": extension("Badge", number, badge), "desk.json": extension("Desk", {**number, "type": "integer"}, desk),
            "wrong.json": extension("Locker", {**number, "uniqueness": "server"}, "urn:example:schemas:Locker")})
        self.addCleanup(self.server.stop)
        self.log_in()
        self.make_tenant("globex")
        active = lambda: self.browser.switch_to.active_element
        box = lambda name: self.find(f"dialog input[value='{name}']")

        def toggle(name):
            """With the keys alone."""
            for _ in range(40):
                if active().get_attribute("value") == name:
                    return active().send_keys(Keys.SPACE)
                ActionChains(self.browser).send_keys(Keys.TAB).perform()
            self.fail(f"no Tab leads to {name}")

        self.press("New tenant")
        self.wait(lambda: active().get_attribute("name") == "name")
        active().send_keys("acme")
        toggle("badge.json")
        self.assertFalse(box("wrong.json").is_enabled())
        self.assertIn("number is unique", self.find("dialog form").text)
        self.assertIn(f"Desk of User, {desk}", self.find("dialog form").text)
        self.picture("admin-schemas")
        box("badge.json").send_keys(Keys.ENTER)  # a picture takes the focus away
        self.no_dialog()
        self.wait(lambda: "Badge" in self.row("acme"))
        self.assertIn("badge.json", self.row("acme"))
        self.assertNotIn("Badge", self.row("globex"))
        self.assertIn("Enterprise", self.row("globex"))  # what all have is said of each
        key = self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        self.assertEqual(self.user(key, "ada.lovelace@acme.example", schemas=[USER, badge], **{badge: {"number": "7"}}), 201)
        self.assertEqual(self.provision(key, "GET", f"/Schemas/{desk}"), 404)

        self.go("Tenants")
        self.press("Change acme")
        self.wait(lambda: box("badge.json").is_selected())
        toggle("badge.json")
        toggle("desk.json")
        active().send_keys(Keys.ENTER)
        self.no_dialog()
        self.wait(lambda: "Desk" in self.row("acme"))
        self.assertNotIn("Badge", self.row("acme"))
        self.assertEqual([self.provision(key, "GET", f"/Schemas/{uri}") for uri in (badge, desk)], [404, 200])

        made = self.server.schemas / "desk.json"
        made.unlink()  # what is gone can be left
        self.go("Keys")
        self.go("Tenants")
        self.press("Change acme")
        self.wait(lambda: "not among those that the server offers" in self.find("dialog form").text)
        toggle("desk.json")
        active().send_keys(Keys.ENTER)
        self.no_dialog()
        self.wait(lambda: "Desk" not in self.row("acme"))
        self.complaints()

    def test_it_fits_a_telephone_and_the_dark(self):
        self.log_in()
        self.make_tenant("acme")
        self.make_key("acme-okta", "acme")
        self.press("I have stored it")
        self.no_dialog()
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 360, "height": 760, "deviceScaleFactor": 1, "mobile": False})
        for view in ("Keys", "Users and groups", "Requests", "Events", "Health", "Tenants"):
            self.go(view)
            self.wait(lambda: not self.browser.find_elements(By.CSS_SELECTOR, "[aria-busy='true']"))
            wide = self.browser.execute_script("return document.documentElement.scrollWidth")
            self.assertLessEqual(wide, 360, view)
        back, text = self.browser.execute_script(
            "const style = getComputedStyle(document.body); return [style.backgroundColor, style.color]")
        bright = lambda colour: sum(int(n) for n in re.findall(r"\d+", colour)[:3])
        self.assertLess(bright(back), 150)
        self.assertGreater(bright(text), 500)
        self.row("acme")
        self.picture("admin-narrow")


if __name__ == "__main__":
    unittest.main(verbosity=2)
