// What every request pays before anything is done for it: who it is, what for, and how often.
#include <scimkit/scimkit.hpp>
#include <scimkit/security/api_key.hpp>
#include <scimkit/security/gate.hpp>
#include <scimkit/security/scopes.hpp>

#include <benchmark/benchmark.h>

using namespace scimkit;

namespace
{

/// A key among this many, another one each time, so that no cache knows it: at most a microsecond, with 10,000 too.
void authenticate_by_key(benchmark::State& state)
{
    std::vector<KeyRecord> records;
    std::vector<std::string> headers;
    for (std::int64_t i = 0; i < state.range(0); ++i)
    {
        auto const key = new_api_key();
        headers.push_back("Bearer " + key);
        records.push_back(
            make_key_record(key, {.subject = "provider-" + std::to_string(i), .tenant = "acme", .scopes = {"scim"}})
                .value());
    }
    auto const keys = key_authenticator(std::move(records));
    std::size_t at = 0;
    for (auto _ : state)
    {
        auto const next = (at + 7'919) % headers.size(); // a prime, so that all have their turn
        // A header has just been read from its connection; what no cache has is the key that it is compared with.
        __builtin_prefetch(headers[next].data());
        __builtin_prefetch(headers[next].data() + headers[next].size() - 1);
        benchmark::DoNotOptimize(keys->authenticate({.authorization = headers[at]}));
        at = next;
    }
}
BENCHMARK(authenticate_by_key)->Arg(1)->Arg(100)->Arg(10'000);

void refuse_an_unknown_key(benchmark::State& state)
{
    auto const keys = key_authenticator({make_key_record(new_api_key(), {.subject = "provider"}).value()});
    auto const header = "Bearer " + new_api_key();
    for (auto _ : state)
        benchmark::DoNotOptimize(keys->authenticate({.authorization = header}));
}
BENCHMARK(refuse_an_unknown_key);

/// Addresses, and three buckets, around an authenticator that costs nothing.
void pass_the_gate(benchmark::State& state)
{
    Rate const plenty{.per_second = 1e9, .burst = 1e6};
    auto const gated =
        gate(no_authentication(), {.allowed = AddressList::parse(std::vector<std::string>{"10.0.0.0/8"}).value(),
                                   .per_address = plenty,
                                   .per_credential = plenty,
                                   .per_tenant = plenty});
    for (auto _ : state)
        benchmark::DoNotOptimize(gated->authenticate({.peer_address = "10.1.2.3"}));
}
BENCHMARK(pass_the_gate);

void authorise_by_scope(benchmark::State& state)
{
    auto const registry = SchemaRegistry::Builder{}.add_rfc7643().build().value();
    auto const scopes = scope_authoriser();
    Principal const principal{.subject = "provider", .scopes = {"groups.write", "users.read"}};
    Access const access{.operation = Access::Operation::read, .type = registry->find_resource_type("User"), .id = "1"};
    for (auto _ : state)
        benchmark::DoNotOptimize(scopes->authorise(principal, access));
}
BENCHMARK(authorise_by_scope);

} // namespace
