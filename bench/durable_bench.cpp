// What shared commits are worth: durable writes of many clients at once, and of one client in a Bulk, beside the same
// where each write has a commit of its own. All wait for the disk before they answer.
#include <scimkit/lmdb/lmdb_store.hpp>

#include "sample.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <filesystem>
#include <optional>

namespace
{

using namespace scimkit;

constexpr std::string_view host = "https://example.com";

class Directory
{
public:
    explicit Directory(unsigned writes_per_commit)
    {
        std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-bench-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
        auto store = lmdb::open_store(path_, {.writes_per_commit = writes_per_commit}).value();
        service_.emplace(Service::create({.base_url = "https://example.com/scim",
                                          .store = std::move(store),
                                          .authenticator = no_authentication(),
                                          .registry = bench::registry(),
                                          .limits = {.max_body_bytes = 4 << 20, .max_bulk_bytes = 4 << 20}})
                             .value());
    }
    ~Directory()
    {
        service_.reset();
        std::filesystem::remove_all(path_);
    }
    Directory(Directory const&) = delete;
    Directory& operator=(Directory const&) = delete;

    Response send(std::string_view method, std::string const& target, std::string_view body) const
    {
        return service_->handle(
            {.method = method, .target = target, .headers = {{"Content-Type", "application/scim+json"}}, .body = body});
    }

    std::string new_user() { return bench::user_body("new" + std::to_string(users_++)); }

private:
    std::filesystem::path path_;
    std::optional<Service> service_;
    std::atomic<int> users_{0};
};

std::unique_ptr<Directory> directory; // of the row that runs

void post_user_durably(benchmark::State& state)
{
    if (state.thread_index() == 0)
        directory = std::make_unique<Directory>(static_cast<unsigned>(state.range(0)));
    for (auto _ : state) // the threads wait for each other before the first round
        if (directory->send("POST", "/scim/Users", directory->new_user()).status != 201)
            state.SkipWithError("not created");
    state.SetItemsProcessed(state.iterations());
    if (state.thread_index() == 0)
        directory.reset(); // and after the last
}

void patch_user_durably(benchmark::State& state)
{
    if (state.thread_index() == 0)
        directory = std::make_unique<Directory>(static_cast<unsigned>(state.range(0)));
    std::string user;
    int count = 0;
    for (auto _ : state)
    {
        if (user.empty())
            user = directory->send("POST", "/scim/Users", directory->new_user()).header("Location").substr(host.size());
        auto const response =
            directory->send("PATCH", user,
                            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
                            R"({"op":"replace","path":"title","value":"title )" +
                                std::to_string(count++) + "\"}]}");
        if (response.status != 200)
            state.SkipWithError("not changed");
    }
    state.SetItemsProcessed(state.iterations());
    if (state.thread_index() == 0)
        directory.reset();
}

/// As many users in one request as the argument says.
void bulk_users_durably(benchmark::State& state)
{
    directory = std::make_unique<Directory>(1U);
    auto const count = state.range(0);
    for (auto _ : state)
    {
        state.PauseTiming();
        std::string body = R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[)";
        for (std::int64_t i = 0; i < count; ++i)
            body += (i == 0 ? R"({"method":"POST","path":"/Users","bulkId":")"
                            : R"(,{"method":"POST","path":"/Users","bulkId":")") +
                    std::to_string(i) + R"(","data":)" + directory->new_user() + "}";
        body += "]}";
        state.ResumeTiming();
        auto const response = directory->send("POST", "/scim/Bulk", body);
        if (response.status != 200 || response.body.find(R"("response")") != std::string::npos)
            state.SkipWithError("not created");
    }
    state.SetItemsProcessed(state.iterations() * count);
    directory.reset();
}

/// A thousand users into a group, in one request and one commit. Taking them out again is not measured.
void patch_a_thousand_members_durably(benchmark::State& state)
{
    directory = std::make_unique<Directory>(1U);
    std::string members;
    for (int i = 0; i < 1'000; ++i)
    {
        auto const created = directory->send("POST", "/scim/Users", directory->new_user());
        auto const target = created.header("Location");
        members +=
            (i == 0 ? R"({"value":")" : R"(,{"value":")") + std::string{target.substr(target.rfind('/') + 1)} + R"("})";
    }
    std::string const group{
        directory->send("POST", "/scim/Groups", R"({"displayName":"crowd"})").header("Location").substr(host.size())};
    auto const patch = [&](std::string const& operation, int expected)
    {
        auto const response = directory->send(
            "PATCH", group,
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" + operation + "]}");
        if (response.status != expected)
            state.SkipWithError(response.body.c_str());
    };
    for (auto _ : state)
    {
        patch(R"({"op":"add","path":"members","value":[)" + members + "]}", 204);
        state.PauseTiming();
        patch(R"({"op":"remove","path":"members"})", 204);
        state.ResumeTiming();
    }
    directory.reset();
}

} // namespace

#define SCIMKIT_BENCH_DURABLE(function)                                                                                \
    BENCHMARK(function)                                                                                                \
        ->ArgName("writes_per_commit")                                                                                 \
        ->Arg(1)                                                                                                       \
        ->Arg(64)                                                                                                      \
        ->Threads(1)                                                                                                   \
        ->Threads(16)                                                                                                  \
        ->Threads(64)                                                                                                  \
        ->UseRealTime()
SCIMKIT_BENCH_DURABLE(post_user_durably);
SCIMKIT_BENCH_DURABLE(patch_user_durably);
BENCHMARK(bulk_users_durably)->ArgName("operations")->Arg(1'000)->UseRealTime();
BENCHMARK(patch_a_thousand_members_durably)->UseRealTime();
