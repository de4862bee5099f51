// Sub-attributes with mutability and returned of their own (RFC 7643 section 7), each pair of them, in a single complex
// attribute and in the elements of a multi-valued one, in core schema and extension, on every operation, in a Bulk too,
// on every store.
#include "matrix.hpp"
#include "support/all_stores.hpp"

#include <boost/test/unit_test.hpp>

using namespace scimkit;
using namespace scimkit::test;
using boost::unit_test::label;

BOOST_AUTO_TEST_SUITE(sub_attributes)

namespace
{

std::string const core_urn = "urn:example:parts";
std::string const more_urn = "urn:example:parts-extension";

struct Part
{
    Mutability mutability;
    Returned returned;

    std::string name() const { return std::string{to_string(mutability)} + "-" + std::string{to_string(returned)}; }
    bool is_shown(bool asked) const
    {
        return returned == Returned::always || returned == Returned::by_default ||
               (asked && returned == Returned::on_request);
    }
};

std::vector<Part> parts()
{
    std::vector<Part> all{{Mutability::write_only, Returned::never}};
    for (auto const mutability : {Mutability::read_write, Mutability::read_only, Mutability::immutable})
        for (auto const returned : {Returned::always, Returned::by_default, Returned::on_request, Returned::never})
            all.push_back({mutability, returned});
    return all;
}

/// Where the sub-attributes are.
struct Holder
{
    bool multi;
    bool extended;

    std::string attribute() const { return multi ? "elements" : "single"; }
    std::string path() const { return (extended ? more_urn + ":" : "") + attribute(); }
    std::string sub_path(std::string const& name) const { return path() + "." + name; }
    /// Of the one element that there is, or of the value.
    std::string target(std::string const& name) const { return path() + (multi ? "[label eq \"l\"]." : ".") + name; }
    json::object body(json::object value) const
    {
        json::value const held = multi ? json::value(json::array{std::move(value)}) : json::value(std::move(value));
        json::object made{{"schemas", json::array{core_urn, more_urn}}, {"anchor", "a"}, {more_urn, {{"other", "o"}}}};
        (extended ? made.at(more_urn).as_object() : made)[attribute()] = held;
        return made;
    }
    /// The value in a representation; null: none.
    json::value held(json::value const& resource) const
    {
        auto const* object = resource.if_object();
        if (object && extended)
            object = object->contains(more_urn) ? object->at(more_urn).if_object() : nullptr;
        auto const* value = object ? object->if_contains(attribute()) : nullptr;
        if (value && multi)
            value = value->as_array().empty() ? nullptr : &value->as_array().front();
        return value ? *value : json::value{};
    }

    friend std::ostream& operator<<(std::ostream& out, Holder const& holder) { return out << holder.path(); }
};

std::vector<Holder> holders() { return {{false, false}, {true, false}, {false, true}, {true, true}}; }

std::shared_ptr<SchemaRegistry const> registry()
{
    std::vector<Attribute> subs{{.name = "label"}};
    for (Part const& part : parts())
        subs.push_back({.name = part.name(), .mutability = part.mutability, .returned = part.returned});
    Schema core{.id = core_urn, .name = "Thing", .attributes = {{.name = "anchor"}}};
    Schema more{.id = more_urn, .name = "More", .attributes = {{.name = "other"}}};
    for (Schema* const schema : {&core, &more})
        for (bool const multi : {false, true})
            schema->attributes.push_back({.name = multi ? "elements" : "single",
                                          .type = AttributeType::complex,
                                          .multi_valued = multi,
                                          .sub_attributes = subs});
    return SchemaRegistry::Builder{}
        .add(std::move(core))
        .add(std::move(more))
        .add(ResourceTypeDefinition{.name = "Thing", .endpoint = "/Things", .schema = core_urn})
        .extend("Thing", more_urn)
        .build()
        .value();
}

json::object all_with(std::string_view text)
{
    json::object value{{"label", "l"}};
    for (Part const& part : parts())
        value[part.name()] = text;
    return value;
}

std::string text_in(json::value const& value, std::string const& name)
{
    auto const* const object = value.if_object();
    auto const* const member = object ? object->if_contains(name) : nullptr;
    return member ? std::string{member->as_string()} : "(none)";
}

/// "200", "400 mutability": of the request, or of the one operation of a Bulk.
std::string patched(ServiceFixture const& scim, std::string const& path, json::object const& operation, Way way)
{
    if (way == Way::request)
    {
        auto const reply = scim.patch(path, operation);
        return outcome(reply);
    }
    auto const reply = scim.post("/Bulk", bulk({bulk_on("PATCH", path, operation)}));
    std::string const at = "/Operations/0/response/scimType";
    return reply.text("/Operations/0/status") + (reply.has(at) ? " " + reply.text(at) : "");
}

void for_all(std::function<void(ServiceFixture const&, Holder const&, Way)> const& test)
{
    for (NamedStore const& store : all_stores())
        for (bool const strict : {false, true})
            for (Holder const& holder : holders())
                for (Way const way : {Way::request, Way::bulk})
                    BOOST_TEST_CONTEXT(store << ", " << holder << (strict ? ", strict" : "")
                                             << (way == Way::bulk ? ", in a Bulk" : ""))
    test(
        ServiceFixture{
            {.store = store.make(), .registry = registry(), .tolerance = strict ? Tolerance::strict() : Tolerance{}}},
        holder, way);
}

} // namespace

BOOST_AUTO_TEST_CASE(what_is_read_only_is_left_out_and_what_is_write_only_is_hashed)
{
    for_all(
        [](ServiceFixture const& scim, Holder const& holder, Way way)
        {
            auto const body = holder.body(all_with("a"));
            std::string id;
            if (way == Way::request)
                id = scim.create("/Things", body);
            else
                id = made_id(scim.post("/Bulk", bulk({bulk_post("/Things", "x", body)})), 0);
            auto const kept = holder.held(scim.stored("Thing", id)->attributes);
            for (Part const& part : parts())
            {
                auto const text = text_in(kept, part.name());
                if (part.mutability == Mutability::write_only)
                    BOOST_TEST(text.starts_with("fake$"), part.name());
                else
                    BOOST_TEST(text == (part.mutability == Mutability::read_only ? "(none)" : "a"), part.name());
            }
        });
}

BOOST_AUTO_TEST_CASE(each_is_shown_as_it_says_and_never_outside_of_its_parent, *label("7643-7-za"))
{
    for_all(
        [](ServiceFixture const& scim, Holder const& holder, Way)
        {
            auto const path = "/Things/" + scim.create("/Things", holder.body(all_with("a")));
            auto const usual = holder.held(scim.get(path).body);
            for (Part const& part : parts())
            {
                if (part.mutability == Mutability::read_only)
                    continue;
                auto const name = part.name();
                BOOST_TEST(text_in(usual, name) == (part.is_shown(false) ? "a" : "(none)"), name);
                auto const asked = holder.held(scim.get(path + "?attributes=" + holder.sub_path(name)).body);
                BOOST_TEST(text_in(asked, name) == (part.is_shown(true) ? "a" : "(none)"), name);
                auto const without = holder.held(scim.get(path + "?excludedAttributes=" + holder.sub_path(name)).body);
                BOOST_TEST(text_in(without, name) == (part.returned == Returned::always ? "a" : "(none)"), name);
                BOOST_TEST(text_in(without, "label") == "l", name);
                auto const found = scim.get("/Things?filter=" + holder.sub_path(name) + " eq \"a\"");
                if (part.returned == Returned::never)
                    BOOST_TEST(found.scim_type() == "sensitive", name);
                else
                    BOOST_TEST(found.number("/totalResults") == 1, name);
            }
        });
}

BOOST_AUTO_TEST_CASE(a_patch_is_refused_where_its_sub_attribute_may_not_change)
{
    for_all(
        [](ServiceFixture const& scim, Holder const& holder, Way way)
        {
            auto const id = scim.create("/Things", holder.body(all_with("a")));
            auto const path = "/Things/" + id;
            for (Part const& part : parts())
                for (std::string const op : {"add", "replace", "remove"})
                {
                    auto const value = op == "remove" ? json::value{} : json::value("b");
                    auto const answer = patched(scim, path, patch_op(op, holder.target(part.name()), value), way);
                    bool const may =
                        part.mutability == Mutability::read_write || part.mutability == Mutability::write_only;
                    BOOST_TEST(answer == (may ? "200" : "400 mutability"), op << " " << part.name());
                }
            auto const kept = holder.held(scim.stored("Thing", id)->attributes);
            for (Part const& part : parts())
                BOOST_TEST(text_in(kept, part.name()) == (part.mutability == Mutability::immutable ? "a" : "(none)"),
                           part.name());
        });
}

BOOST_AUTO_TEST_CASE(what_is_immutable_is_given_once_and_may_be_repeated)
{
    for_all(
        [](ServiceFixture const& scim, Holder const& holder, Way way)
        {
            auto const id = scim.create("/Things", holder.body({{"label", "l"}}));
            auto const path = "/Things/" + id;
            for (Part const& part : parts())
                if (part.mutability == Mutability::immutable)
                {
                    auto const target = holder.target(part.name());
                    BOOST_TEST(patched(scim, path, patch_op("add", target, "a"), way) == "200", part.name());
                    BOOST_TEST(patched(scim, path, patch_op("replace", target, "a"), way) == "200", part.name());
                    BOOST_TEST(patched(scim, path, patch_op("replace", target, "b"), way) == "400 mutability",
                               part.name());
                }
            BOOST_TEST(scim.put(path, holder.body(all_with("a"))).status == 200);
            if (!holder.multi) // an element with other values is another element
                BOOST_TEST(scim.put(path, holder.body(all_with("b"))).scim_type() == "mutability");
            auto const kept = holder.held(scim.stored("Thing", id)->attributes);
            for (Part const& part : parts())
                if (part.mutability != Mutability::write_only)
                    BOOST_TEST(text_in(kept, part.name()) ==
                                   (part.mutability == Mutability::read_only ? "(none)" : "a"),
                               part.name());
        });
}

BOOST_AUTO_TEST_SUITE_END()
