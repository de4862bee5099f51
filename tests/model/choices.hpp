// Where a generator's decisions come from: a seed, or the bytes that a coverage-guided fuzzer mutates.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace scimkit::model
{

class Choices
{
public:
    virtual ~Choices() = default;

    /// A number below `bound`, which is not 0.
    virtual std::size_t below(std::size_t bound) = 0;

    /// True when there is nothing left to decide by.
    virtual bool used_up() const { return false; }

    bool one_in(std::size_t count) { return below(count) == 0; }

    template <class Range>
    auto const& of(Range const& range)
    {
        return range[below(std::size(range))];
    }
};

/// The same for the same seed, on every machine (splitmix64).
class SeededChoices final : public Choices
{
public:
    explicit SeededChoices(std::uint64_t seed)
        : state_(seed)
    {
    }

    std::size_t below(std::size_t bound) override { return static_cast<std::size_t>(next() % bound); }

private:
    std::uint64_t next()
    {
        auto z = state_ += 0x9e3779b97f4a7c15U;
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
        return z ^ (z >> 31U);
    }

    std::uint64_t state_;
};

/// One byte for each decision; the first choice where there are no more.
class ByteChoices final : public Choices
{
public:
    explicit ByteChoices(std::span<std::uint8_t const> bytes)
        : bytes_(bytes)
    {
    }

    std::size_t below(std::size_t bound) override
    {
        if (bytes_.empty())
            return 0;
        auto const byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte % bound;
    }

    bool used_up() const override { return bytes_.empty(); }

private:
    std::span<std::uint8_t const> bytes_;
};

} // namespace scimkit::model
