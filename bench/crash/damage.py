"""Damage of every kind, and what a server makes of it."""
import collections
import http.client
import shutil
import signal
import sys

from server import GROUP, PATCH, USER, Client, Server

PAGE = 4096


def one_byte(data, dice):
    data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def four_bytes_in_a_tenth_of_the_pages(data, dice):
    for page in range(len(data) // PAGE):
        if dice.random() < 0.1:
            for _ in range(4):
                data[page * PAGE + dice.randrange(PAGE)] = dice.randrange(256)


def header(data, dice):
    place = dice.randrange(len(data) // PAGE) * PAGE
    for _ in range(dice.randrange(1, 5)):
        data[place + dice.randrange(24)] = dice.randrange(256)


def zeroed(data, dice):
    place = dice.randrange(len(data) // PAGE) * PAGE
    data[place:place + PAGE] = bytes(PAGE)


def swapped(data, dice):
    one, two = (dice.randrange(len(data) // PAGE) * PAGE for _ in range(2))
    data[one:one + PAGE], data[two:two + PAGE] = data[two:two + PAGE], data[one:one + PAGE]


def cut_off(data, dice):
    del data[dice.randrange(len(data)):]


def emptied(data, dice):
    data.clear()


def a_byte_of_text(data, dice):
    """Where records, elements and keys are; the same behind the back of a running server."""
    while True:
        place = dice.randrange(2 * PAGE, len(data))
        if chr(data[place]).isalnum():
            data[place] ^= 1 << dice.randrange(8)
            return


DAMAGE = [one_byte, one_byte, four_bytes_in_a_tenth_of_the_pages, header, header, zeroed, swapped, cut_off, emptied,
          a_byte_of_text]


def fill(port):
    client, users = Client(port), []
    for number in range(300):
        status, body = client.send("POST", "/Users", {
            "schemas": [USER], "userName": f"user{number}@example.com", "externalId": f"x{number}", "title": f"t{number % 9}",
            "name": {"familyName": "Müller" * (number % 30), "givenName": f"G{number}"},
            "emails": [{"value": f"user{number}@example.com", "type": "work"}]})
        assert status == 201, (status, body)
        users.append(body["id"])
    groups = []
    for number in range(6):
        status, body = client.send("POST", "/Groups", {
            "schemas": [GROUP], "displayName": f"group {number}",
            "members": [{"value": user} for user in users[number * 30:number * 30 + 60]]})
        assert status == 201, (status, body)
        groups.append(body["id"])
    for number in range(0, 300, 3):
        client.send("PATCH", f"/Users/{users[number]}", {
            "schemas": [PATCH], "Operations": [{"op": "replace", "path": "nickName", "value": "n" * (number * 20)}]})
    return users, groups


def questions(users, groups, dice):
    targets = ["/Users?count=1000", "/Groups?count=1000", "/Users?filter=title%20eq%20%22t3%22",
               "/Users?sortBy=userName&count=50", "/Users?filter=userName%20sw%20%22user1%22&count=1000"]
    for user in dice.sample(users, 15):
        targets.append(f"/Users/{user}")
    for number in dice.sample(range(len(users)), 15):
        targets.append(f"/Users?filter=userName%20eq%20%22user{number}@example.com%22")
    return targets + [f"/Groups/{group}" for group in groups]


def ask(port, targets):
    """Answers by target; a connection that breaks ends it."""
    client, answers = Client(port), {}
    for target in targets:
        answers[target] = client.raw("GET", target)
    return answers


class Verdicts:
    def __init__(self):
        self.count = collections.Counter()
        self.examples = collections.defaultdict(list)

    def add(self, verdict, what):
        self.count[verdict] += 1
        self.examples[verdict].append(what)

    def judge(self, what, answers, sound, log):
        """Of a server that runs: the worst of its answers."""
        verdict = "unaffected"
        for target, (status, body) in answers.items():
            try:
                body.decode()
            except UnicodeDecodeError:
                return self.add("answers that are not UTF-8", f"{what}: {target}")
            if (status, body) == sound[target]:
                continue
            if status != 500:
                return self.add("wrong answers", f"{what}: {target}: {status} {body[:200]}")
            verdict = "errors that the log names" if "damaged" in log else "errors without a name"
        self.add(verdict, what)


def damage_round(program, place, kind, dice, base, users, groups, sound, verdicts):
    directory, log = f"{place}/damaged", f"{place}/log"
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(base, directory)
    targets = questions(users, groups, dice)
    file = f"{directory}/data.mdb"
    data = bytearray(open(file, "rb").read())
    behind_the_back = kind is a_byte_of_text and dice.random() < 0.5
    what = kind.__name__.replace("_", " ") + (", while it runs" if behind_the_back else "")
    before = bytes(data)
    kind(data, dice)
    if not behind_the_back:
        open(file, "wb").write(data)
    server = Server(program, directory, log)
    if server.port is None:
        said = server.said().strip()
        ended_well = server.process.returncode > 0 and said and len(said.splitlines()) == 1
        verdicts.add("starts refused" if ended_well else "crashes at the start", f"{what}: {said}")
        return
    try:
        if behind_the_back:
            ask(server.port, targets[:3])
            with open(file, "r+b") as open_file:
                for index in range(len(data)):
                    if data[index] != before[index]:
                        open_file.seek(index)
                        open_file.write(data[index:index + 1])
        answers = ask(server.port, targets)
        code = server.stop()
        if code != 0:
            verdicts.add("crashes", f"{what}: {code}")
        else:
            with open(log, errors="backslashreplace") as text:
                verdicts.judge(what, answers, sound, text.read())
        if kind is emptied:
            verdicts.add("silent starts", what)
    except (OSError, http.client.HTTPException) as error:
        code = server.stop(signal.SIGKILL)
        verdicts.add("crashes in use" if behind_the_back else "crashes", f"{what}: {code} {error!r}")


def damage_rounds(program, rounds, place, dice):
    base, log = f"{place}/base", f"{place}/log"
    server = Server(program, base, log)
    users, groups = fill(server.port)
    everything = questions(users, groups, dice)
    everything += [f"/Users/{user}" for user in users]
    everything += [f"/Users?filter=userName%20eq%20%22user{n}@example.com%22" for n in range(len(users))]
    server.stop()
    server = Server(program, base, log)
    sound = ask(server.port, dict.fromkeys(everything))
    server.stop()
    verdicts = Verdicts()
    for number in range(rounds):
        kind = DAMAGE[number % len(DAMAGE)]
        damage_round(program, place, kind, dice, base, users, groups, sound, verdicts)
        if sys.stderr.isatty():
            print(f"\rdamage {number + 1}/{rounds}", end="", file=sys.stderr)
    allowed = {"unaffected", "starts refused", "errors that the log names", "crashes in use"}
    bad = {verdict: count for verdict, count in verdicts.count.items() if verdict not in allowed}
    for verdict in bad:
        for example in verdicts.examples[verdict][:5]:
            print(f"  {verdict}: {example}")
    counts = ", ".join(f"{verdicts.count[verdict]} {verdict}" for verdict in
                       ["starts refused", "unaffected", "errors that the log names", "errors without a name",
                        "wrong answers", "answers that are not UTF-8", "crashes", "crashes at the start",
                        "crashes in use", "silent starts"])
    print(f"damage: {rounds} rounds, {counts}")
    return not bad
