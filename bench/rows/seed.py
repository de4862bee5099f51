"""Users of about 1 KB and groups with a long tail of sizes; the same for the same numbers, whoever makes them."""
import json
import random

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
LARGE_GROUPS, LARGE = 4, 1_000  # so many have so many members; from there on the size falls with the rank
OUTSIDE = 100  # the last users, who are in no group


def user_id(number):
    return f"u{number:07}"


def group_id(number):
    return f"g{number:07}"


def user_name(number):
    return f"user-{number:07}"


def user(number):
    name = user_name(number)
    return {"schemas": [USER, ENTERPRISE], "userName": name, "externalId": str(700_000_000 + number),
            "name": {"formatted": f"Ms. Barbara J Jensen {number}, III", "familyName": f"Jensen {number}", "givenName": "Barbara",
                     "middleName": "Jane", "honorificPrefix": "Ms.", "honorificSuffix": "III"},
            "displayName": f"Babs Jensen {number}", "nickName": "Babs", "title": "Tour Guide", "active": number % 5 != 0,
            "preferredLanguage": "en-US", "locale": "en-US", "timezone": "America/Los_Angeles",
            "emails": [{"value": f"{name}@example.com", "type": "work", "primary": True},
                       {"value": f"{name}@jensen.org", "type": "home"}],
            "phoneNumbers": [{"value": "555-555-5555", "type": "work"}, {"value": "555-555-4444", "type": "mobile"}],
            "addresses": [{"type": "work", "streetAddress": "100 Universal City Plaza", "locality": "Hollywood", "region": "CA",
                           "postalCode": "91608", "country": "US"}],
            ENTERPRISE: {"employeeNumber": str(number), "costCenter": "4130", "organization": "Universal Studios",
                         "division": "Theme Park", "department": "Tour Operations"}}


def core_user(number):
    """Without the extension, which some servers refuse."""
    return {**{name: value for name, value in user(number).items() if name != ENTERPRISE}, "schemas": [USER]}


def sizes(users):
    """Of all groups, the largest first."""
    most = max(users - OUTSIDE, 1)
    return [min(most, LARGE if rank < LARGE_GROUPS else max(1, LARGE * LARGE_GROUPS // rank)) for rank in range(max(10, users // 100))]


def group(number, members):
    return {"schemas": [GROUP], "displayName": f"group {number}", "members": [{"value": each} for each in members]}


def resources(users):
    """Every user, then every group, with ids."""
    for number in range(users):
        yield {"id": user_id(number), **user(number)}
    chance = random.Random(7)
    for number, size in enumerate(sizes(users)):
        first = chance.randrange(max(users - OUTSIDE - size, 0) + 1)
        yield {"id": group_id(number), **group(number, map(user_id, range(first, first + size)))}


def write(file, users):
    """Lines for `scimkit-server import`."""
    with open(file, "w", encoding="utf-8") as out:
        for each in resources(users):
            out.write(json.dumps(each, separators=(",", ":")) + "\n")


def write_tenants(file, tenants):
    """One user in each."""
    with open(file, "w", encoding="utf-8") as out:
        for tenant in tenants:
            out.write(json.dumps({"tenant": tenant, "resource": {"id": user_id(0), **user(0)}}) + "\n")
