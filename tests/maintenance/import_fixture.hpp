// An import into a store of its own, and what it tells on the way.
#pragma once

#include <scimkit/maintenance/import.hpp>

#include "support.hpp"

#include <boost/test/unit_test.hpp>

#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace scimkit::test
{

inline std::string line(std::string const& user_name, std::string const& more = {})
{
    return R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":")" + user_name + "\"" + more +
           "}\n";
}

struct ImportFixture
{
    std::shared_ptr<ResourceStore> store = memory::make_store();
    std::vector<ImportRefusal> refusals{};
    std::vector<ImportProgress> told{};
    ImportOptions options{};

    ImportFixture()
    {
        options.refused = [this](ImportRefusal const& refusal) { refusals.push_back(refusal); };
        options.progress = [this](ImportProgress const& progress) -> result<void>
        {
            told.push_back(progress);
            return {};
        };
    }

    result<ImportProgress> try_import(std::string const& text)
    {
        std::istringstream in{text};
        ServiceOptions service;
        service.base_url = "https://example.com/scim/v2";
        service.store = store;
        service.registry = rfc_registry();
        service.password_hasher = std::make_shared<FakeHasher>();
        return import_resources(std::move(service), in, options);
    }

    ImportProgress import(std::string const& text)
    {
        auto done = try_import(text);
        BOOST_REQUIRE_MESSAGE(done, done.error().detail);
        return *done;
    }

    void import_csv(std::string const& mapping, std::string const& text)
    {
        options.csv = read_csv_mapping(mapping).value();
        import(text);
    }

    std::uint64_t resources() const
    {
        std::string text;
        return export_to(*store, text).resources;
    }

    bool holds(std::string const& part) const { return exported(*store).find(part) != std::string::npos; }
};

} // namespace scimkit::test
