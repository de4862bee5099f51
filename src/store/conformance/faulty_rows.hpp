// What fails with a part of the answer given: large attributes, and whatever else tells a sink of one row after the
// other.
#pragma once

#include <scimkit/store/fault_injection.hpp>
#include <scimkit/store/large_attributes.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace scimkit::conformance
{

template <class... Row>
using Sink = function_ref<bool(Row...)>;

/// What gives rows. One operation is before it, and one behind the first row that left whoever takes them wanting more.
/// `give` is handed the sink that it tells.
template <class... Row, class Give>
auto in_rows(FaultInjectingStore& store, Sink<Row...> sink, Give const& give) -> decltype(give(sink))
{
    if (auto const passed = store.pass(); !passed)
        return passed.error();
    bool asked = false;
    result<void> halfway;
    auto const take = [&](Row... row)
    {
        bool const more = sink(std::forward<Row>(row)...);
        if (!more || asked)
            return more;
        asked = true;
        halfway = store.pass();
        return halfway.has_value();
    };
    auto done = give(Sink<Row...>{take});
    if (!halfway)
        return halfway.error();
    return done;
}

/// The reading half: `Large` is the reader or the writer that it stands for.
template <class Large>
class FaultyLarge : public Large
{
public:
    FaultyLarge(Large& inner, FaultInjectingStore& store) noexcept
        : inner_(inner)
        , store_(store)
    {
    }

    result<std::uint64_t> count(ResourceType const& type, std::string_view id, Attribute const& attribute) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.count(type, id, attribute) : passed.error();
    }
    result<bool> contains(ResourceType const& type, std::string_view id, Attribute const& attribute,
                          std::string_view value) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.contains(type, id, attribute, value) : passed.error();
    }
    result<void> read(ResourceType const& type, std::string_view id, Attribute const& attribute, std::string_view after,
                      std::uint64_t limit, function_ref<bool(json::object&&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<json::object&&> rows) { return inner_.read(type, id, attribute, after, limit, rows); });
    }
    result<void> references_to(std::string_view value, function_ref<bool(Reference const&)> sink) override
    {
        return in_rows(store_, sink, [&](Sink<Reference const&> rows) { return inner_.references_to(value, rows); });
    }
    result<void> contains_many(ResourceType const& type, std::string_view id, Attribute const& attribute,
                               std::span<std::string_view const> values, function_ref<bool(std::size_t)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<std::size_t> rows) { return inner_.contains_many(type, id, attribute, values, rows); });
    }
    result<void> references_to_many(std::span<std::string_view const> values,
                                    function_ref<bool(std::size_t which, Reference const&)> sink) override
    {
        return in_rows(store_, sink,
                       [&](Sink<std::size_t, Reference const&> rows)
                       { return inner_.references_to_many(values, rows); });
    }

protected:
    Large& inner_;
    FaultInjectingStore& store_;
};

using FaultyReader = FaultyLarge<LargeAttributeReader>;

class FaultyElements final : public FaultyLarge<LargeAttributeWriter>
{
public:
    using FaultyLarge::FaultyLarge;

    result<std::uint64_t> add(ResourceType const& type, std::string_view id, Attribute const& attribute,
                              std::span<json::object const> elements) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.add(type, id, attribute, elements) : passed.error();
    }
    result<std::uint64_t> remove(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                 std::span<std::string const> values) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.remove(type, id, attribute, values) : passed.error();
    }
    result<std::uint64_t> replace(ResourceType const& type, std::string_view id, Attribute const& attribute,
                                  std::span<json::object const> elements) override
    {
        auto const passed = store_.pass();
        return passed ? inner_.replace(type, id, attribute, elements) : passed.error();
    }
};

} // namespace scimkit::conformance
