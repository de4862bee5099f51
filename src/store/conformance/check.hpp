// Check: how a case states what it expects.
#pragma once

#include <scimkit/store/change_log.hpp>
#include <scimkit/store/conformance.hpp>

#include <exception>
#include <mutex>
#include <string>
#include <string_view>

namespace scimkit::conformance
{

/// Ends a case early; the runner catches it.
struct Stop
{
};

/// Threading: expect() may be called from several threads.
class Check
{
public:
    void expect(bool met, std::string_view text)
    {
        if (!met)
            fail(std::string{text});
    }

    template <class A, class B>
    void equal(A const& found, B const& wanted, std::string_view what)
    {
        if (!(found == wanted))
            fail(std::string{what} + ": expected " + show(wanted) + ", found " + show(found));
    }

    /// Success, or the case ends here.
    template <class T>
    T must(result<T> outcome, std::string_view what)
    {
        if (!outcome)
        {
            fail(std::string{what} + ": " + show(outcome.error()));
            throw Stop{};
        }
        if constexpr (!std::is_void_v<T>)
            return std::move(*outcome);
    }

    template <class T>
    void refused(result<T> const& outcome, ErrorCode code, std::string_view what)
    {
        if (outcome)
            fail(std::string{what} + ": expected an error, but it succeeded");
        else if (outcome.error().code != code)
            fail(std::string{what} + ": refused with another error than expected: " + show(outcome.error()));
    }

    void fail(std::string text)
    {
        std::lock_guard const lock{mutex_};
        if (report_.skipped.empty() && report_.failures.size() < most_failures) // else of what goes on elsewhere
            report_.failures.push_back({std::move(text)});
    }

    /// Within a handler: what has left a case, or a thread of one. Stop is the case's own.
    void caught()
    {
        try
        {
            throw;
        }
        catch (Stop const&)
        {
        }
        catch (std::exception const& thrown)
        {
            fail(std::string{"an exception left the store: "} + thrown.what());
        }
        catch (...)
        {
            fail("something that is no std::exception left the store");
        }
    }

    /// The case does not apply. What it has found before counts all the same: then it has failed.
    [[noreturn]] void skip(std::string why)
    {
        {
            std::lock_guard const lock{mutex_};
            if (report_.failures.empty())
                report_.skipped = std::move(why);
        }
        throw Stop{};
    }

    ConformanceReport take() { return std::move(report_); }

private:
    static constexpr std::size_t most_failures = 20; // the first ones tell the story

    static std::string show(std::string_view text) { return '\'' + std::string{text} + '\''; }
    static std::string show(bool value) { return value ? "true" : "false"; }
    static std::string show(Error const& error)
    {
        return std::to_string(status_of(error.code)) + ' ' + std::string{scim_type_of(error.code)} + " (" +
               error.detail + ')';
    }
    static std::string show(Version version) { return "version " + std::to_string(version.number()); }
    static std::string show(LogPosition position) { return "position " + std::to_string(position.number()); }
    static std::string show(Cursor const& cursor) { return "cursor at " + cursor.id; }
    template <class Number>
        requires std::is_integral_v<Number>
    static std::string show(Number value)
    {
        return std::to_string(value);
    }
    template <class T>
    static std::string show(std::optional<T> const& value)
    {
        return value ? show(*value) : "nothing";
    }
    template <class T>
    static std::string show(std::vector<T> const& values)
    {
        constexpr std::size_t most_shown = 12;
        std::string text = std::to_string(values.size()) + " [";
        for (std::size_t i = 0; i < values.size() && i < most_shown; ++i)
            text += (i == 0 ? "" : ", ") + show(values[i]);
        return text + (values.size() > most_shown ? ", ...]" : "]");
    }

    std::mutex mutex_;
    ConformanceReport report_;
};

} // namespace scimkit::conformance
