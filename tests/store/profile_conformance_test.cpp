// The conformance kit with a profile: what a store over tables gets wrong is found, and told by attribute, with what
// was sent and what was found.
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/attribute_map.hpp>
#include <scimkit/store/conformance.hpp>

#include "map_store.hpp"
#include "table_profile.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <ostream>

namespace scimkit
{
namespace
{

using test::profile;

/// A table that does something wrong.
struct Flaw
{
    std::string name;
    std::string noticed_by{}; ///< a case whose name begins so
    std::string told{};       ///< a part of what it says
    std::function<void(Resource&)> on_read = [](Resource&) {};
    bool one_tenant = false;
    bool asks_by_id_alone = false; ///< "where id = ?", in every tenant
    bool trims_ids = false;
    bool finds_nothing = false;
    bool never_clears = false;
    bool never_rolls_back = false;

    friend std::ostream& operator<<(std::ostream& out, Flaw const& flaw) { return out << flaw.name; }
};

class FlawedTable final : public SmallStore
{
public:
    explicit FlawedTable(Flaw flaw)
        : flaw_(std::move(flaw))
    {
    }

    result<std::optional<Resource>> get(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        auto const wanted = flaw_.trims_ids && id.ends_with(' ') ? id.substr(0, id.size() - 1) : id;
        auto found = rows_.get(home_of(tenant, wanted), type, wanted);
        if (found && *found)
        {
            flaw_.on_read(**found);
            (*found)->id = id;
        }
        return found;
    }
    result<void> list(std::string_view tenant, ResourceType const& type, function_ref<bool(Resource&&)> sink) override
    {
        return rows_.list(tenant_of(tenant), type,
                          [&](Resource&& row)
                          {
                              flaw_.on_read(row);
                              return sink(std::move(row));
                          });
    }
    result<bool> find(std::string_view, AttributeRef const& attribute, ResourceType const&, std::string_view,
                      function_ref<bool(Resource&&)>) override
    {
        return flaw_.finds_nothing && attribute.path() == "userName";
    }
    result<void> insert(std::string_view tenant, Resource& resource) override
    {
        auto inserted = rows_.insert(tenant_of(tenant), resource);
        homes_[resource.id] = tenant_of(tenant);
        return inserted;
    }
    result<void> update(std::string_view tenant, Resource const& resource) override
    {
        Resource changed = resource;
        auto const home = home_of(tenant, resource.id);
        auto const before = rows_.get(home, *resource.type, resource.id).value();
        if (flaw_.never_clears)
            for (auto const& [name, value] : before->attributes)
                if (!changed.attributes.contains(name))
                    changed.attributes[name] = value;
        return rows_.update(home, changed);
    }
    result<void> erase(std::string_view tenant, ResourceType const& type, std::string_view id) override
    {
        return rows_.erase(home_of(tenant, id), type, id);
    }
    bool has_transactions() const override { return true; }
    result<void> begin() override { return rows_.begin(); }
    result<void> commit() override { return rows_.commit(); }
    void roll_back() noexcept override
    {
        if (!flaw_.never_rolls_back)
            rows_.roll_back();
    }

private:
    std::string_view tenant_of(std::string_view tenant) const { return flaw_.one_tenant ? "all" : tenant; }
    std::string home_of(std::string_view tenant, std::string_view id) const
    {
        auto const home = homes_.find(id);
        return std::string{flaw_.asks_by_id_alone && home != homes_.end() ? std::string_view{home->second}
                                                                          : tenant_of(tenant)};
    }

    Flaw flaw_;
    std::map<std::string, std::string, std::less<>> homes_{}; // tenants, by id
    test::MapStore rows_{{.transactions = true, .own_ids = flaw_.asks_by_id_alone}};
};

void change_title(Resource& resource, std::function<void(std::string&)> const& change)
{
    if (auto* title = resource.attributes.if_contains("title"))
    {
        std::string text{std::string_view{title->as_string()}};
        change(text);
        *title = text;
    }
}

std::vector<Flaw> flaws()
{
    return {
        {"loses an attribute", "profile: each attribute", "attribute title: sent \"Ada\", found nothing",
         [](Resource& r) { r.attributes.erase("title"); }},
        {"cuts text", "profile: each attribute", "attribute title: sent \"xxx",
         [](Resource& r)
         { change_title(r, [](std::string& text) { text.resize(std::min<std::size_t>(text.size(), 255)); }); }},
        {"changes letter case", "profile: each attribute", "attribute title: sent \"Ada\", found \"ada\"",
         [](Resource& r)
         {
             change_title(r, [](std::string& text)
                          { std::ranges::transform(text, text.begin(), [](char c) { return c == 'A' ? 'a' : c; }); });
         }},
        {"has a default that the profile does not name", "profile: each attribute",
         "attribute active: sent nothing, found true",
         [](Resource& r)
         {
             if (r.type->name() == "User" && !r.attributes.contains("active"))
                 r.attributes["active"] = true;
         }},
        {"gives what nobody sent", "profile: all attributes", "attribute nickName: sent nothing, found \"x\"",
         [](Resource& r)
         {
             if (r.type->name() == "User")
                 r.attributes["nickName"] = "x";
         }},
        {"confuses columns", "profile: all attributes",
         "attribute emails[type eq \"work\"].value: sent \"Ada\", found nothing",
         [](Resource& r) { r.attributes.erase("emails"); }},
        {"keeps times in seconds", "profile: each attribute", "meta.created: sent 2026-01-01T00:00:01.000007Z",
         [](Resource& r) { r.created = std::chrono::floor<std::chrono::seconds>(r.created); }},
        {"loses members", "profile: members", "values of members: expected 3 [",
         [](Resource& r)
         {
             if (auto* members = r.attributes.if_contains("members"))
                 members->as_array().resize(1);
         }},
        {.name = "knows no tenants", .noticed_by = "profile: tenants", .told = "in the tenant two", .one_tenant = true},
        {.name = "asks by id alone",
         .noticed_by = "profile: tenants",
         .told = "of another tenant, in the tenant one",
         .asks_by_id_alone = true},
        {.name = "trims ids", .noticed_by = "profile: an id", .told = "finds the User", .trims_ids = true},
        {.name = "finds too little", .noticed_by = "profile: unique", .told = "userName", .finds_nothing = true},
        {.name = "finds too little", .noticed_by = "profile: filters", .told = "userName eq", .finds_nothing = true},
        {.name = "never clears",
         .noticed_by = "profile: each attribute",
         .told = "replace without it: User",
         .never_clears = true},
        {.name = "never rolls back",
         .noticed_by = "profile: an error",
         .told = "was taken back",
         .never_rolls_back = true},
    };
}

StoreFactory with(Flaw const& flaw)
{
    return [flaw] { return adapt_small_store(std::make_shared<FlawedTable>(flaw)); };
}

std::string failures_of(Flaw const& flaw, std::string_view beginning, ConformanceProfile const& of = profile())
{
    std::string text;
    for (ConformanceCase const& one : profile_conformance_cases(of))
        if (one.name.starts_with(beginning))
            if (auto const report = one.run(with(flaw)); !report.passed())
                text += to_string(report);
    return text;
}

BOOST_AUTO_TEST_SUITE(profile_conformance)

BOOST_AUTO_TEST_CASE(a_table_without_a_flaw_conforms)
{
    std::size_t ran = 0;
    for (ConformanceCase const& one : profile_conformance_cases(profile()))
    {
        auto const report = one.run(with({.name = "none"}));
        BOOST_TEST(report.passed(), one.name << ": " << to_string(report));
        ran += report.skipped.empty() ? 1 : 0;
        if (one.name.starts_with("profile:"))
            BOOST_TEST(report.skipped == "", one.name);
    }
    BOOST_TEST(ran > 20U);
}

BOOST_DATA_TEST_CASE(a_flaw_is_told_by_attribute_sent_and_found, boost::unit_test::data::make(flaws()), flaw)
{
    std::string const text = failures_of(flaw, flaw.noticed_by);
    BOOST_TEST(text.find(flaw.told) != std::string::npos, flaw.name << ": " << text);
}

BOOST_AUTO_TEST_CASE(each_case_of_a_profile_has_a_table_that_fails_it)
{
    std::size_t cases = 0;
    for (ConformanceCase const& one : profile_conformance_cases(profile()))
    {
        if (!one.name.starts_with("profile:"))
            continue; // conformance_test.cpp has those
        ++cases;
        bool failed = false;
        for (Flaw const& flaw : flaws())
            failed = failed || (one.name.starts_with(flaw.noticed_by) && !one.run(with(flaw)).passed());
        BOOST_TEST(failed, one.name);
    }
    BOOST_TEST(cases == 8U);
}

BOOST_AUTO_TEST_CASE(a_table_with_ids_and_tenants_of_its_own_conforms)
{
    auto const store = []
    {
        return adapt_small_store(
            std::make_shared<test::MapStore>(test::MapStore::Abilities{.transactions = true, .own_ids = true}));
    };
    for (ConformanceCase const& one : profile_conformance_cases(profile()))
        if (one.name.starts_with("profile: tenants"))
        {
            auto const report = one.run(store);
            BOOST_TEST(report.passed(), to_string(report));
            BOOST_TEST(report.skipped == "");
        }
}

/// With a column of times, whose spelling is the store's own, and a number that has to be unique.
ConformanceProfile with_times()
{
    auto made = profile();
    Schema schema{.id = "urn:example:schemas:Shift", .name = "Shift"};
    Attribute number{.name = "number"};
    number.type = AttributeType::integer;
    number.required = true;
    number.uniqueness = Uniqueness::server;
    Attribute begins{.name = "begins"};
    begins.type = AttributeType::date_time;
    Attribute title{.name = "title"};
    title.uniqueness = Uniqueness::server;
    schema.attributes = {number, begins, title};
    made.registry = SchemaRegistry::Builder{}
                        .add(schema)
                        .add(ResourceTypeDefinition{.name = "Shift", .endpoint = "/Shifts", .schema = schema.id})
                        .build()
                        .value();
    made.types = {{"Shift", {{.path = "number"}, {.path = "begins"}, {.path = "title"}}}};
    made.members.clear();
    made.longest_text = 18; // ends within a character of an example
    return made;
}

BOOST_AUTO_TEST_CASE(what_nobody_sent_and_cut_times_are_told_beside_a_column_of_times)
{
    BOOST_TEST(failures_of({.name = "none"}, "profile:", with_times()) == "");
    Flaw const cut{.name = "cuts",
                   .on_read = [](Resource& r) { r.created = std::chrono::floor<std::chrono::seconds>(r.created); }};
    BOOST_TEST(failures_of(cut, "profile: each attribute", with_times()).find("meta.created: sent") !=
               std::string::npos);
    Flaw const adds{.name = "adds", .on_read = [](Resource& r) { r.attributes["nickName"] = "x"; }};
    BOOST_TEST(failures_of(adds, "profile: all attributes", with_times()).find("nickName: sent nothing") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_default_that_the_profile_names_is_none_of_the_stores_faults)
{
    auto const flaw = flaws()[3];
    auto named = profile();
    std::ranges::find(named.types[0].attributes, "active", &KeptAttribute::path)->if_absent = true;
    BOOST_TEST(failures_of(flaw, "profile:", named) == "");
}

BOOST_AUTO_TEST_CASE(members_that_must_exist_are_left_out_or_refused)
{
    auto strict = profile();
    strict.members.front().must_exist = true;
    BOOST_TEST(failures_of({.name = "none"}, "profile: members", strict).find("a member that does not exist") !=
               std::string::npos); // a plain table keeps them
}

BOOST_AUTO_TEST_CASE(a_profile_that_does_not_fit_its_registry_is_told_in_words)
{
    auto const broken = [](auto const& change)
    {
        auto of = profile();
        change(of);
        return failures_of({.name = "none"}, "profile: each attribute", of);
    };
    auto const has = [](std::string const& text, std::string_view part)
    { return text.find(part) != std::string::npos; };
    BOOST_TEST(has(broken([](auto& of) { of.types.push_back({"Robot", {}}); }), "Robot"));
    BOOST_TEST(has(broken([](auto& of) { of.types[0].attributes.push_back({"shoeSize"}); }), "shoeSize"));
    BOOST_TEST(has(broken([](auto& of) { of.types[0].attributes.erase(of.types[0].attributes.begin()); }), "userName"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace
} // namespace scimkit
