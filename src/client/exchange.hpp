// Exchange: one operation as one or more requests: credentials, rate, repetition, limits, and what the answer means as
// HTTP.
#pragma once

#include <scimkit/client/client.hpp>

#include "retry.hpp"

#include <mutex>

namespace scimkit::client
{

/// One request of the client's own.
struct Call
{
    std::string method;
    std::string target; ///< below the base URL, percent-encoded, with its query
    std::string body{};
    std::string if_match{};
    std::string if_none_match{};
    std::vector<ResponseHeader> headers{};
    Repeat repeat = Repeat::freely;
    bool any_status = false; ///< a status from 300 on is no failure
};

/// The answer to the last attempt.
struct Answered
{
    HttpResponse response;
    bool may_be_done = false; ///< an earlier attempt may have been carried out
};

/// Threading: any number of threads at once.
class Exchange
{
public:
    explicit Exchange(ClientOptions options);

    /// Failures: all kinds. 304 is a success where If-None-Match was sent.
    outcome<Answered> run(Call const& call);

    /// The same, and the JSON of the answer; null where it has none.
    outcome<json::value> run_for_json(Call const& call, Answered* answered = nullptr);

    ClientOptions const& options() const noexcept { return options_; }
    DeviationLog& deviations() noexcept { return deviations_; }

private:
    using Clock = std::chrono::steady_clock;

    outcome<HttpRequest> request_of(Call const& call, bool renew);
    outcome<HttpResponse> attempt(Call const& call, HttpRequest request, unsigned number);
    outcome<void> take_turn();
    bool cancelled() const noexcept { return options_.cancelled && options_.cancelled->load(); }

    ClientOptions options_;
    DeviationLog deviations_;
    std::mutex mutex_;
    Clock::time_point next_turn_{};
};

} // namespace scimkit::client
