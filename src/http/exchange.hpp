// Exchange: one request of a connection, from its header to its answer: on which threads it is worked on, for whom, and
// what came of it. A connection has one at a time, and one object for all of them.
//
// Threading: either its connection has it, on its I/O thread, or a lane, between submit() and take_done(); never both.
// Only cancel() and take_done() may be called meanwhile.
#pragma once

#include <scimkit/service/message.hpp>

#include "connection.hpp"
#include "lane.hpp"
#include "request_id.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace scimkit::http
{

/// Where a request is worked on. A read begins as far up as it may, and moves down when it turns out to be long.
enum class Place
{
    here,        ///< the connection's I/O thread
    workers,     ///< Host::workers
    reads,       ///< Host::reads
    long_writes, ///< Host::long_writes
    bulks,       ///< Host::bulks
    searches     ///< Host::searches
};

/// 503: try again in a second.
Response busy_response(std::string detail);

class Exchange final : public Job
{
public:
    enum class Task
    {
        admission, ///< only whether the caller may come in; the body is not there yet
        answer
    };

    Exchange(Host& host, Connection& connection)
        : host_(host)
        , connection_(connection)
    {
    }

    /// The other end of the connection; must live as long.
    void set_peer(std::string_view peer) noexcept
    {
        peer_ = peer;
        request_.peer_address = peer;
    }

    Request& request() noexcept { return request_; }
    Request const& request() const noexcept { return request_; }

    /// Another request.
    void begin();

    /// Gives it an id and the address of its client, by the headers of the request as far as they are known.
    void identify(std::span<Header const> headers);
    std::string_view id() const noexcept { return id_.text(); }
    std::string_view traceparent() const noexcept { return id_.traceparent(); }

    /// All of the request is there. The first call decides.
    Place place();
    /// It was too long for the place where it was. False: there is no other.
    bool move_on() noexcept;

    /// It has moved all the way down.
    bool is_long() const noexcept { return place_ == Place::searches; }

    bool is_admitted() const noexcept { return admitted_; }
    /// The refusal, if the caller may not come in.
    std::optional<Response> admit();

    /// The answer, from whatever thread calls it.
    Response work();

    /// Hands it to the lane of its place. False: the lane is full.
    bool submit(Task task);
    Task task() const noexcept { return task_; }
    /// True once, when the lane has done its task.
    bool take_done() noexcept { return done_.exchange(false, std::memory_order_acquire); }
    /// What came of it: the answer or the refusal; nothing for an admission that was granted. Throws std::bad_alloc if
    /// the lane had no memory for it.
    std::optional<Response> take_result();

    /// Whether it is of any use to nobody when its client has said that it will send no more: a read that waits, or
    /// that takes long. (A short one is answered: some clients end their side when they have asked.)
    bool may_be_dropped() const noexcept;

    void run() noexcept override;

    /// Whose turn it is, and whose bytes. Before admission that is an address.
    std::uint64_t client() const;

    void log_access(Response const& response, std::size_t request_bytes) const;

    void set_received() noexcept { received_ = Clock::now(); }

private:
    Place beginning() const;
    Place long_place() const noexcept;
    Lane& lane() const noexcept;
    /// Its answer may be long, and is made whether or not there is room for it.
    bool fills_all() const noexcept;
    std::uint64_t work_limit() const noexcept;

    Host& host_;
    Connection& connection_;
    Request request_; ///< views into the connection's reader and id_
    std::string_view peer_;
    std::string client_address_; ///< where a proxy is in front
    RequestId id_;
    Clock::time_point received_;
    std::optional<Place> place_;
    bool admitted_ = false;

    Task task_ = Task::answer;
    std::optional<Response> result_;
    bool failed_ = false; ///< no memory for a result
    std::atomic<bool> started_{false};
    std::atomic<bool> done_{false};
};

} // namespace scimkit::http
