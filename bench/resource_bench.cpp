// What a write costs beside its store: the body is read, checked, changed and written. Where the figure of a whole
// request has grown, this says which step it was.
#include "patch/patch.hpp"
#include "resource/projection.hpp"
#include "sample.hpp"

#include <benchmark/benchmark.h>

namespace
{

using namespace scimkit;

void parse_body(benchmark::State& state)
{
    std::string const body = bench::user_body();
    for (auto _ : state)
        benchmark::DoNotOptimize(parse_json(body));
}
BENCHMARK(parse_body);

void canonicalise_and_check(benchmark::State& state)
{
    json::value const body = parse_json(bench::user_body()).value();
    ResourceType const& type = bench::user_type();
    for (auto _ : state)
    {
        auto attributes = canonicalise(body, type);
        benchmark::DoNotOptimize(check_resource(*attributes, type));
    }
}
BENCHMARK(canonicalise_and_check);

void write_body(benchmark::State& state)
{
    json::value const body = parse_json(bench::user_body()).value();
    for (auto _ : state)
    {
        std::string out;
        write_json(out, body);
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(write_body);

void patch_one_attribute(benchmark::State& state)
{
    json::value const message = parse_json(R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
                                           R"("Operations":[{"op":"replace","path":"title","value":"Guide"}]})")
                                    .value();
    Resource const user = bench::user();
    for (auto _ : state)
    {
        Resource copy = user;
        auto operations = decode_patch(message, *user.type);
        benchmark::DoNotOptimize(apply_patch(copy, *operations));
    }
}
BENCHMARK(patch_one_attribute);

void patch_through_a_value_path(benchmark::State& state)
{
    json::value const message =
        parse_json(
            R"({"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],)"
            R"("Operations":[{"op":"replace","path":"emails[type eq \"work\"].value","value":"b@example.com"}]})")
            .value();
    Resource const user = bench::user();
    for (auto _ : state)
    {
        Resource copy = user;
        auto operations = decode_patch(message, *user.type);
        benchmark::DoNotOptimize(apply_patch(copy, *operations));
    }
}
BENCHMARK(patch_through_a_value_path);

} // namespace
