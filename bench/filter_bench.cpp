// What of a filtered list is the filter itself (RFC 7644 section 3.4.2.2): reading it and binding it, once for each
// request, and evaluating it, once for each resource that no index has ruled out.
#include <scimkit/filter/bind.hpp>
#include <scimkit/filter/evaluate.hpp>
#include <scimkit/filter/filter.hpp>

#include "sample.hpp"

#include <benchmark/benchmark.h>

namespace
{

using namespace scimkit;

constexpr std::string_view simple = R"(userName eq "bjensen@example.com")";
constexpr std::string_view complex =
    R"(active eq true and (emails[type eq "work" and value co "@example.com"] or name.familyName sw "J"))"
    R"( and meta.lastModified ge "2020-01-01T00:00:00Z")";

void parse_simple(benchmark::State& state)
{
    for (auto _ : state)
        benchmark::DoNotOptimize(parse_filter(simple));
}
BENCHMARK(parse_simple);

void parse_and_bind_simple(benchmark::State& state)
{
    ResourceType const& type = bench::user_type();
    for (auto _ : state)
        benchmark::DoNotOptimize(bind(parse_filter(simple).value(), type));
}
BENCHMARK(parse_and_bind_simple);

void parse_and_bind_complex(benchmark::State& state)
{
    ResourceType const& type = bench::user_type();
    for (auto _ : state)
        benchmark::DoNotOptimize(bind(parse_filter(complex).value(), type));
}
BENCHMARK(parse_and_bind_complex);

void evaluate_simple(benchmark::State& state)
{
    BoundFilter const filter = bind(parse_filter(simple).value(), bench::user_type()).value();
    Resource const user = bench::user();
    for (auto _ : state)
        benchmark::DoNotOptimize(matches(filter, user.view()));
}
BENCHMARK(evaluate_simple);

void evaluate_complex(benchmark::State& state)
{
    BoundFilter const filter = bind(parse_filter(complex).value(), bench::user_type()).value();
    Resource const user = bench::user();
    for (auto _ : state)
        benchmark::DoNotOptimize(matches(filter, user.view()));
}
BENCHMARK(evaluate_complex);

} // namespace
