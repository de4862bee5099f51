// What must not grow with the data: the ten-thousandth page beside the first one, filters over a million users, and
// memberships in a group of 100,000 beside those in a group of ten. The stores are filled once, past the service, and
// without waiting for the disk. SCIMKIT_BENCH_USERS=N: with so many users instead of a million.
#include <scimkit/lmdb/lmdb_store.hpp>
#include <scimkit/schema/registry.hpp>
#include <scimkit/store/unique_keys.hpp>

#include "sample.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace
{

using namespace scimkit;

constexpr int page_size = 100;
constexpr int few_users = 1'000;

int many_users()
{
    char const* const said = std::getenv("SCIMKIT_BENCH_USERS");
    return said ? std::max(std::atoi(said), few_users) : 1'000'000;
}

int deep_page() { return many_users() / page_size; }

std::shared_ptr<SchemaRegistry const> registry()
{
    static auto const made = SchemaRegistry::Builder{}.add_rfc7643().add_pack("group-membership-01").build().value();
    return made;
}

class Directory
{
public:
    Directory()
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-bench-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
        store_ = lmdb::open_store(path_, {.fsync = false}).value();
        service_.emplace(Service::create({.base_url = "https://example.com/scim",
                                          .store = store_,
                                          .authenticator = no_authentication(),
                                          .registry = registry()})
                             .value());
    }
    ~Directory()
    {
        service_.reset();
        store_.reset();
        std::filesystem::remove_all(path_);
    }
    Directory(Directory const&) = delete;
    Directory& operator=(Directory const&) = delete;

    /// Puts `count` resources into the store, which `make` gives their attributes.
    template <class Make>
    void fill(char const* type, std::string_view prefix, int count, Make make)
    {
        constexpr int at_once = 10'000;
        auto const attachment = store_->attach(registry()).value();
        auto const rules = UniqueKeyRules::make(*registry()).value();
        for (int begin = 0; begin < count; begin += at_once)
        {
            auto const written =
                store_->write(*attachment, "default", {},
                              [&](WriteTransaction& transaction) -> result<void>
                              {
                                  for (int i = begin; i < std::min(begin + at_once, count); ++i)
                                  {
                                      Resource resource{.type = registry()->find_resource_type(type),
                                                        .id = std::string{prefix} + std::to_string(10'000'000 + i),
                                                        .attributes = make(i)};
                                      auto const version = transaction.insert(resource, rules.facts_of(resource));
                                      if (!version)
                                          return version.error();
                                  }
                                  return {};
                              });
            if (!written)
                throw std::runtime_error{written.error().detail};
        }
    }

    Response send(std::string_view method, std::string const& target, std::string_view body = {}) const
    {
        return service_->handle(
            {.method = method, .target = target, .headers = {{"Content-Type", "application/scim+json"}}, .body = body});
    }

private:
    std::filesystem::path path_;
    std::shared_ptr<ResourceStore> store_;
    std::optional<Service> service_;
};

std::string next_of(Response const& page)
{
    constexpr std::string_view name = R"("nextCursor":")";
    auto const begin = page.body.find(name) + name.size();
    return page.body.substr(begin, page.body.find('"', begin) - begin);
}

std::string page_target(std::string const& cursor)
{
    return "/scim/Users?attributes=userName&count=" + std::to_string(page_size) + "&cursor=" + cursor;
}

/// So many users, made when they are asked for. Every fifth is active, and every fifth of those in team 0.
Directory const& users(std::int64_t count)
{
    static std::map<std::int64_t, Directory> made;
    auto const [place, is_new] = made.try_emplace(count);
    if (is_new)
        place->second.fill("User", "u-", static_cast<int>(count),
                           [](int i)
                           {
                               return json::object{{"userName", "user" + std::to_string(i)},
                                                   {"displayName", "team " + std::to_string(i / 5 % 5)},
                                                   {"active", i % 5 == 0}};
                           });
    return place->second;
}

/// Of the second page of many users, and of the last.
struct Cursors
{
    std::string second{};
    std::string deep{};

    Cursors()
    {
        std::string cursor;
        for (int page = 1; page < deep_page(); ++page)
        {
            cursor = next_of(users(many_users()).send("GET", page_target(cursor)));
            if (page == 1)
                second = cursor;
        }
        deep = cursor;
    }
};

void get(benchmark::State& state, Directory const& directory, std::string const& target)
{
    for (auto _ : state)
        if (Response const response = directory.send("GET", target); response.status != 200)
            state.SkipWithError(response.body.c_str());
}

void cursor_page(benchmark::State& state)
{
    static Cursors const cursors;
    get(state, users(many_users()),
        page_target(state.range(0) == deep_page() ? cursors.deep
                    : state.range(0) == 1         ? std::string{} // an empty cursor asks for it
                                                  : cursors.second));
}

void filter_by_user_name(benchmark::State& state)
{
    get(state, users(state.range(0)), "/scim/Users?filter=userName%20eq%20%22user500%22");
}

/// Of many users a twenty-fifth matches, and is counted exactly.
void page_of_two_indexed_tests(benchmark::State& state)
{
    get(state, users(state.range(0)),
        "/scim/"
        "Users?attributes=userName&count=100&filter=active%20eq%20true%20and%20displayName%20eq%20%22team%200%22");
}

void page_of_all(benchmark::State& state)
{
    get(state, users(state.range(0)), "/scim/Users?attributes=userName&count=100");
}

constexpr int large_group = 100'000;

/// Two groups, and somebody who is in none of them.
struct Groups
{
    Directory directory{};

    Groups()
    {
        directory.fill("User", "u-", 1, [](int) { return json::object{{"userName", "somebody"}}; });
        for (int const size : {10, large_group})
            directory.fill("Group", "g-" + std::to_string(size) + "-", 1,
                           [&](int)
                           {
                               json::array members;
                               for (int i = 0; i < size; ++i)
                                   members.push_back(json::object{{"value", "m-" + std::to_string(10'000'000 + i)},
                                                                  {"type", "User"}});
                               return json::object{{"displayName", "group"}, {"members", std::move(members)}};
                           });
    }

    static std::string id(benchmark::State const& state) { return "g-" + std::to_string(state.range(0)) + "-10000000"; }
};

Groups const& groups()
{
    static Groups const made;
    return made;
}

void first_page_of_memberships(benchmark::State& state)
{
    std::string const target =
        "/scim/GroupMemberships?count=10&cursor=&filter=group.value%20eq%20%22" + Groups::id(state) + "%22";
    get(state, groups().directory, target);
}

void add_and_remove_a_membership(benchmark::State& state)
{
    std::string const id = Groups::id(state);
    std::string const body =
        R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:GroupMembership"],"group":{"value":")" + id +
        R"("},"member":{"value":"u-10000000"}})";
    auto const& directory = groups().directory;
    for (auto _ : state)
    {
        bool const made = directory.send("POST", "/scim/GroupMemberships", body).status == 201;
        if (!made || directory.send("DELETE", "/scim/GroupMemberships/" + id + ".u-10000000").status != 204)
            state.SkipWithError("not done");
    }
}

BENCHMARK(cursor_page)->ArgName("page")->Arg(1)->Arg(2)->Arg(deep_page());
BENCHMARK(filter_by_user_name)->ArgName("users")->Arg(few_users)->Arg(many_users());
BENCHMARK(page_of_two_indexed_tests)->ArgName("users")->Arg(many_users());
BENCHMARK(page_of_all)->ArgName("users")->Arg(many_users());
BENCHMARK(first_page_of_memberships)->ArgName("members")->Arg(10)->Arg(large_group);
BENCHMARK(add_and_remove_a_membership)->ArgName("members")->Arg(10)->Arg(large_group);

} // namespace
