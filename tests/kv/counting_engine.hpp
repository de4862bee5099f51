// CountingEngine: hands everything on to another engine and counts the operations on keys. It can also be kept beside
// a store, so that a test opens the same content again.
#pragma once

#include <scimkit/kv/engine.hpp>

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

namespace scimkit::test
{

struct EngineCounts
{
    std::uint64_t gets = 0;
    std::uint64_t seeks = 0;
    std::uint64_t steps = 0;
    std::uint64_t writes = 0;
    std::uint64_t commits_left = std::numeric_limits<std::uint64_t>::max(); ///< then write() fails

    std::uint64_t all() const { return gets + seeks + steps + writes; }
};

/// Several threads may use an engine at once.
inline void count(std::uint64_t& operations) { std::atomic_ref{operations}.fetch_add(1, std::memory_order_relaxed); }

class CountingCursor final : public kv::Cursor
{
public:
    CountingCursor(std::unique_ptr<kv::Cursor> inner, EngineCounts& counts)
        : inner_(std::move(inner))
        , counts_(counts)
    {
    }
    result<bool> seek(std::string_view key) override
    {
        count(counts_.seeks);
        return inner_->seek(key);
    }
    result<bool> seek_before(std::string_view key) override
    {
        count(counts_.seeks);
        return inner_->seek_before(key);
    }
    result<bool> next() override
    {
        count(counts_.steps);
        return inner_->next();
    }
    result<bool> previous() override
    {
        count(counts_.steps);
        return inner_->previous();
    }
    std::string_view key() const override { return inner_->key(); }
    std::string_view value() const override { return inner_->value(); }

private:
    std::unique_ptr<kv::Cursor> inner_;
    EngineCounts& counts_;
};

template <class Interface>
class CountingTransaction : public Interface
{
public:
    CountingTransaction(Interface& inner, EngineCounts& counts)
        : inner_(inner)
        , counts_(counts)
    {
    }
    result<std::optional<std::string_view>> get(std::string_view key) override
    {
        count(counts_.gets);
        return inner_.get(key);
    }
    result<std::unique_ptr<kv::Cursor>> cursor() override
    {
        auto inner = inner_.cursor();
        if (!inner)
            return inner.error();
        return std::unique_ptr<kv::Cursor>{std::make_unique<CountingCursor>(std::move(*inner), counts_)};
    }

protected:
    Interface& inner_;
    EngineCounts& counts_;
};

class CountingWriter final : public CountingTransaction<kv::Writer>
{
public:
    using CountingTransaction::CountingTransaction;
    result<void> put(std::string_view key, std::string_view value) override
    {
        count(counts_.writes);
        return inner_.put(key, value);
    }
    result<bool> erase(std::string_view key) override
    {
        count(counts_.writes);
        return inner_.erase(key);
    }
};

/// `counts` and `inner` are the test's.
class CountingEngine final : public kv::Engine
{
public:
    CountingEngine(std::shared_ptr<kv::Engine> inner, std::shared_ptr<EngineCounts> counts)
        : inner_(std::move(inner))
        , counts_(std::move(counts))
    {
    }
    result<void> read(function_ref<result<void>(kv::Reader&)> body) override
    {
        return inner_->read(
            [&](kv::Reader& reader)
            {
                CountingTransaction<kv::Reader> counting{reader, *counts_};
                return body(counting);
            });
    }
    result<void> write(function_ref<result<void>(kv::Writer&)> body) override
    {
        if (std::atomic_ref{counts_->commits_left}.load(std::memory_order_relaxed) == 0)
            return Error{ErrorCode::unavailable, "the test has no more commits"};
        std::atomic_ref{counts_->commits_left}.fetch_sub(1, std::memory_order_relaxed);
        return inner_->write(
            [&](kv::Writer& writer)
            {
                CountingWriter counting{writer, *counts_};
                return body(counting);
            });
    }
    std::size_t max_key_size() const noexcept override { return inner_->max_key_size(); }
    bool durable() const noexcept override { return inner_->durable(); }

private:
    std::shared_ptr<kv::Engine> inner_;
    std::shared_ptr<EngineCounts> counts_;
};

} // namespace scimkit::test
