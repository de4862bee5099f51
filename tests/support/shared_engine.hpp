// An engine that a test keeps hold of while a store uses it, so that it can look at every byte.
#pragma once

#include <scimkit/kv/engine.hpp>

#include <memory>
#include <string>
#include <utility>

namespace scimkit::test
{

/// Forwards to an engine that the test has too.
class SharedEngine final : public kv::Engine
{
public:
    explicit SharedEngine(std::shared_ptr<kv::Engine> engine)
        : engine_(std::move(engine))
    {
    }

    result<void> read(function_ref<result<void>(kv::Reader&)> body) override { return engine_->read(body); }
    result<void> write(function_ref<result<void>(kv::Writer&)> body) override { return engine_->write(body); }
    result<void> write_before(std::chrono::steady_clock::time_point deadline,
                              function_ref<result<void>(kv::Writer&)> body) override
    {
        return engine_->write_before(deadline, body);
    }
    std::size_t max_key_size() const noexcept override { return engine_->max_key_size(); }
    bool durable() const noexcept override { return engine_->durable(); }

private:
    std::shared_ptr<kv::Engine> engine_;
};

/// Every key with its value.
inline std::string bytes_of(kv::Engine& engine)
{
    std::string bytes;
    engine
        .read(
            [&](kv::Reader& reader) -> result<void>
            {
                auto cursor = reader.cursor().value();
                for (bool more = cursor->seek(std::string_view{"\0", 1}).value(); more; more = cursor->next().value())
                    bytes.append(cursor->key()).append("=").append(cursor->value()).append("\n");
                return {};
            })
        .value();
    return bytes;
}

} // namespace scimkit::test
