// Service::handle() for each operation and backend. LMDB waits for the disk at each write; the run without fsync beside
// it shows what of that is the disk.
#ifdef SCIMKIT_BENCH_LMDB
#include <scimkit/lmdb/lmdb_store.hpp>
#endif
#include <scimkit/memory/memory_store.hpp>
#include <scimkit/store/forwarding_store.hpp>

#include "sample.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <filesystem>

namespace
{

using namespace scimkit;

enum Backend
{
    in_memory,
    in_memory_unpacked, ///< through a transaction that lets no packed attributes pass
    in_lmdb,
    in_lmdb_without_fsync
};

/// What a store costs whose attributes are decoded before they are shown.
class Unpacked : public ForwardingStore
{
public:
    using ForwardingStore::ForwardingStore;

    result<void> read(Attachment const& attachment, std::string_view tenant, CallContext const& context,
                      Body<ReadTransaction> body) override
    {
        return ForwardingStore::read(attachment, tenant, context,
                                     [&](ReadTransaction& inner)
                                     {
                                         ForwardingReadTransaction plain{inner};
                                         return body(plain);
                                     });
    }
};

/// Where a resource is that was created.
std::string target_of(Response const& created)
{
    return std::string{created.header("Location").substr(std::string_view{"https://example.com"}.size())};
}

/// A service over a fresh store with a thousand users, and a group that has ten of them.
class Fixture
{
public:
    explicit Fixture(Backend backend)
    {
        if (backend == in_memory || backend == in_memory_unpacked)
        {
            std::shared_ptr<ResourceStore> const store = memory::make_store();
            fill(backend == in_memory ? store : std::make_shared<Unpacked>(store));
            return;
        }
#ifdef SCIMKIT_BENCH_LMDB
        std::string pattern = (std::filesystem::temp_directory_path() / "scimkit-bench-XXXXXX").string();
        directory_ = ::mkdtemp(pattern.data());
        fill(lmdb::open_store(directory_, {.fsync = false}).value());
        if (backend == in_lmdb)
        {
            service_.reset(); // closes the database
            make_service(lmdb::open_store(directory_).value());
        }
#endif
    }

    ~Fixture()
    {
        service_.reset();
        if (!directory_.empty())
            std::filesystem::remove_all(directory_);
    }

    Fixture(Fixture const&) = delete;
    Fixture& operator=(Fixture const&) = delete;

    Response send(std::string_view method, std::string const& target, std::string_view body = {}) const
    {
        return service_->handle({.method = method,
                                 .target = target,
                                 .headers = {{"Authorization", "Bearer a-token-for-the-benchmark"},
                                             {"Content-Type", "application/scim+json"}},
                                 .body = body});
    }

    std::string const& user() const { return user_; }
    std::string const& group() const { return group_; }

private:
    void make_service(std::shared_ptr<ResourceStore> store)
    {
        auto token = make_token_record("a-token-for-the-benchmark", {.subject = "bench"}).value();
        service_ = std::make_unique<Service>(Service::create({.base_url = "https://example.com/scim",
                                                              .store = std::move(store),
                                                              .authenticator = bearer_authenticator({token}),
                                                              .registry = bench::registry()})
                                                 .value());
    }

    void fill(std::shared_ptr<ResourceStore> const& store)
    {
        make_service(store);
        std::string members;
        for (int i = 0; i < 1000; ++i)
        {
            Response const created = send("POST", "/scim/Users", bench::user_body("user" + std::to_string(i)));
            user_ = target_of(created);
            if (i < 10)
                members += (i ? "," : "") + (R"({"value":")" + user_.substr(user_.rfind('/') + 1) + "\"}");
        }
        Response const created =
            send("POST", "/scim/Groups",
                 R"({"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"G","members":[)" +
                     members + "]}");
        group_ = target_of(created);
    }

    std::filesystem::path directory_;
    std::unique_ptr<Service> service_;
    std::string user_, group_;
};

void expect(benchmark::State& state, Response const& response, int status)
{
    if (response.status != status)
        state.SkipWithError(response.body.c_str());
}

std::atomic<int> counter{0};

/// A GET of something that has the same target in every fixture.
void get(benchmark::State& state, Backend backend, std::string const& target)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state, fixture.send("GET", target), 200);
}

void get_user(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state, fixture.send("GET", fixture.user()), 200);
}

void get_group_without_members(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state, fixture.send("GET", fixture.group() + "?excludedAttributes=members"), 200);
}

void query_by_user_name(benchmark::State& state, Backend backend)
{
    get(state, backend, "/scim/Users?filter=userName%20eq%20%22user500%22");
}

void list_page_of_100(benchmark::State& state, Backend backend)
{
    get(state, backend, "/scim/Users?startIndex=201&count=100");
}

void post_user(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state, fixture.send("POST", "/scim/Users", bench::user_body("new" + std::to_string(counter++))), 201);
}

void put_user(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state, fixture.send("PUT", fixture.user(), bench::user_body("put" + std::to_string(counter++))), 200);
}

void patch_user(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state,
               fixture.send("PATCH", fixture.user(),
                            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)"
                            R"({"op":"replace","path":"title","value":"t)" +
                                std::to_string(counter++) + "\"}]}"),
               200);
}

void delete_user(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
    {
        state.PauseTiming();
        Response const created =
            fixture.send("POST", "/scim/Users", bench::user_body("gone" + std::to_string(counter++)));
        std::string const target = target_of(created);
        state.ResumeTiming();
        expect(state, fixture.send("DELETE", target), 204);
    }
}

void search_by_user_name(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    for (auto _ : state)
        expect(state,
               fixture.send("POST", "/scim/Users/.search",
                            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],)"
                            R"("filter":"userName eq \"user500\""})"),
               200);
}

void get_configuration(benchmark::State& state, Backend backend) { get(state, backend, "/scim/ServiceProviderConfig"); }

void get_schemas(benchmark::State& state, Backend backend) { get(state, backend, "/scim/Schemas"); }

void patch_member_in_and_out(benchmark::State& state, Backend backend)
{
    Fixture const fixture{backend};
    std::string const id = fixture.user().substr(fixture.user().rfind('/') + 1);
    bool in = false;
    for (auto _ : state)
    {
        std::string const operation = in ? R"({"op":"remove","path":"members[value eq \")" + id + "\\\"]\"}"
                                         : R"({"op":"add","path":"members","value":[{"value":")" + id + "\"}]}";
        in = !in;
        expect(state,
               fixture.send("PATCH", fixture.group(),
                            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[)" +
                                operation + "]}"),
               204);
    }
}

#ifdef SCIMKIT_BENCH_LMDB
#define SCIMKIT_BENCH_BACKENDS(function)                                                                               \
    BENCHMARK_CAPTURE(function, memory, in_memory);                                                                    \
    BENCHMARK_CAPTURE(function, lmdb, in_lmdb);                                                                        \
    BENCHMARK_CAPTURE(function, lmdb_without_fsync, in_lmdb_without_fsync)
#else
#define SCIMKIT_BENCH_BACKENDS(function) BENCHMARK_CAPTURE(function, memory, in_memory)
#endif

#ifdef SCIMKIT_BENCH_LMDB
/// All threads ask one service for the same user.
void get_user_by_threads(benchmark::State& state)
{
    static Fixture const fixture{in_lmdb};
    for (auto _ : state)
        expect(state, fixture.send("GET", fixture.user()), 200);
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(get_user_by_threads)->Threads(1)->Threads(2)->UseRealTime();
#endif

SCIMKIT_BENCH_BACKENDS(get_user);
BENCHMARK_CAPTURE(get_user, unpacked, in_memory_unpacked);
SCIMKIT_BENCH_BACKENDS(get_group_without_members);
SCIMKIT_BENCH_BACKENDS(query_by_user_name);
SCIMKIT_BENCH_BACKENDS(list_page_of_100);
BENCHMARK_CAPTURE(list_page_of_100, unpacked, in_memory_unpacked);
SCIMKIT_BENCH_BACKENDS(post_user);
SCIMKIT_BENCH_BACKENDS(put_user);
SCIMKIT_BENCH_BACKENDS(patch_user);
SCIMKIT_BENCH_BACKENDS(patch_member_in_and_out);
SCIMKIT_BENCH_BACKENDS(delete_user);
SCIMKIT_BENCH_BACKENDS(search_by_user_name);
SCIMKIT_BENCH_BACKENDS(get_configuration);
SCIMKIT_BENCH_BACKENDS(get_schemas);

} // namespace
