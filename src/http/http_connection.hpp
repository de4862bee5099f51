// HttpConnection: the HTTP/1.1 of a connection as a state machine, whatever its stream: what it waits for, and for how
// long. The stream (plain or TLS) is the derived class's.
//
// Threading: that of its IoThread.
#pragma once

#include <scimkit/http/server.hpp>

#include "connection.hpp"
#include "exchange.hpp"
#include "late_input.hpp"
#include "message_reader.hpp"
#include "output.hpp"

#include <array>
#include <optional>
#include <string>

namespace scimkit::http
{

class HttpConnection : public Connection
{
public:
    HttpConnection(Host& host, IoThread& home, std::string peer);
    ~HttpConnection() override;

    void start() final;
    void deadline_passed() final;
    void turn_has_come() final;
    Standing standing() const noexcept final;
    void collect() final;
    void finish() final;
    void close() final;

protected:
    using ErrorReason = boost::system::error_code;

    // What a stream does; each ends in the function below that is named after it, unless the connection has closed.
    virtual void begin_handshake() = 0;
    virtual void read_some(boost::asio::mutable_buffer buffer) = 0;
    /// All of `buffers`, with note_progress() whenever some of it is out.
    virtual void write_all(std::array<boost::asio::const_buffer, 2> const& buffers) = 0;
    virtual void shut_down_stream() = 0;
    virtual Socket& socket() noexcept = 0;

    void on_handshake(ErrorReason error, std::string certificate_subject);
    void on_read(ErrorReason error, std::size_t size);
    void on_written(ErrorReason error, std::size_t size);
    void on_stream_shut_down();

    /// Returns how much to write next.
    std::size_t note_progress(std::size_t sent_of_part);

    /// Memory may run out, and an application's log may throw: that ends this connection, not the thread.
    template <class Step>
    void guarded(Step step) noexcept
    {
        try
        {
            if (!closed_)
                step();
        }
        catch (...)
        {
            close();
        }
    }

private:
    enum class Phase
    {
        handshake,
        idle,     ///< nothing of the next request has come
        reading,  ///< some of it has
        handling, ///< a lane has it
        writing,
        pausing, ///< what is to be written waits, see ServerOptions::refusal_pause
        closing  ///< the last answer is out
    };

    ServerOptions const& options() const noexcept;
    void enter(Phase phase, Clock::duration time);

    void advance();
    void begin_message();
    void wait_for_more();
    bool admit();
    void admitted(std::optional<Response> refusal);
    std::optional<Response> work();
    std::optional<Response> hand_over(Exchange::Task task);
    void on_done();
    void look();

    void answer(Response response);
    void fit(Response& response) const;
    void refuse(Response response);
    void refuse(Error const& error);
    void append(Response response);
    void write();
    void write_now();
    void write_part();
    void shut_down();
    void discard();
    void discard_later();

    Host& host_;
    std::string const peer_;
    std::string subject_; ///< of the client's certificate

    Phase phase_ = Phase::idle;
    Clock::time_point entered_ = Clock::now(); ///< the phase
    bool is_fresh_ = true;                     ///< it has not sent a whole header yet
    bool is_known_ = false;                    ///< whoever asked last may come in
    bool closed_ = false;
    bool close_after_ = false; ///< the output ends with the last answer
    bool pauses_ = false;      ///< the last answer of the output was to be waited for
    bool timed_out_ = false;
    bool stream_is_shut_down_ = false;
    Lingerer lingers_;                  ///< from then on
    Clock::time_point late_input_at_{}; ///< when something came last

    MessageReader reader_;
    Allowance::Share body_share_;
    Exchange exchange_; ///< its request has views into reader_

    Output output_;
    std::size_t gathered_ = 0; ///< answers in output_
    std::size_t sent_ = 0;     ///< bytes of output_, in whole parts
    std::size_t progress_ = 0; ///< bytes sent when the deadline was last moved
    bool part_is_due_ = false; ///< the next one is written when its turn has come
};

} // namespace scimkit::http
