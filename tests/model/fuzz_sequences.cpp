// The fuzzer by seeds: fuzz_sequences [--seed S] [--first N] [--sequences N] [--seconds T] [--mode tolerant|strict]
//                                     [--lengths usual|short] [--without LIST] [--findings N] [--least REQUESTS]
//                                     [--keep DIRECTORY] [--replay FILE ...]
//
// With --least it goes on beyond --sequences until it has made so many requests, each counted once however many
// services it was sent to: a run that nobody looks at must not become short by and by. LIST names what is left out,
// instead of what open_points.hpp has; "none" is nothing. The seed is a new one in each run, unless --seed or the
// environment's SCIMKIT_SEED says which. It prints the seed, so that a run can be had again, and stops at the first
// finding, or the N-th, which it makes small and prints, with what has it again. A long run says every 10,000 sequences
// how far it is, and one that is interrupted (SIGINT, SIGTERM) how far it came. Sequence n of seed S is the same
// whatever was run before it, with the same --lengths: see length_of. It ends with 77 where PostgreSQL is
// asked for (SCIMKIT_FUZZ_POSTGRESQL) and not there.
#include "generator.hpp"
#include "open_points.hpp"
#include "runner.hpp"

#ifdef SCIMKIT_MODEL_POSTGRESQL
#include "support/postgresql_cluster.hpp"
#endif

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace
{

using namespace scimkit::model;
namespace fs = std::filesystem;

/// How many requests sequences have: 5 to 34, or mostly 3 to 8.
enum class Lengths
{
    usual,
    few
};

struct Arguments
{
    std::uint64_t seed = static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
    std::uint64_t first = 0;
    std::uint64_t sequences = ~std::uint64_t{0};
    std::uint64_t seconds = 0;
    std::uint64_t findings = 1;
    std::uint64_t least = 0;
    std::optional<Mode> mode{};
    Lengths lengths = Lengths::usual;
    std::set<std::string> without = known_open_points();
    std::string keep{};
    std::vector<std::string> replay{};
};

std::set<std::string> split(std::string_view list)
{
    std::set<std::string> names;
    while (!list.empty())
    {
        auto const name = list.substr(0, list.find(','));
        names.emplace(name);
        list.remove_prefix(std::min(name.size() + 1, list.size()));
    }
    return names;
}

Arguments read_arguments(std::vector<std::string> const& words)
{
    Arguments arguments;
    if (char const* const wanted = std::getenv("SCIMKIT_SEED"))
        arguments.seed = std::stoull(wanted);
    for (std::size_t i = 0; i + 1 < words.size(); i += 2)
    {
        auto const& option = words[i];
        auto const& value = words[i + 1];
        if (option == "--seed")
            arguments.seed = std::stoull(value);
        else if (option == "--first")
            arguments.first = std::stoull(value);
        else if (option == "--sequences")
            arguments.sequences = std::stoull(value);
        else if (option == "--seconds")
            arguments.seconds = std::stoull(value);
        else if (option == "--findings")
            arguments.findings = std::stoull(value);
        else if (option == "--least")
            arguments.least = std::stoull(value);
        else if (option == "--mode")
            arguments.mode = value == "strict" ? Mode::strict : Mode::tolerant;
        else if (option == "--lengths" && (value == "short" || value == "usual"))
            arguments.lengths = value == "short" ? Lengths::few : Lengths::usual;
        else if (option == "--without")
            arguments.without = split(value);
        else if (option == "--keep")
            arguments.keep = value;
        else if (option == "--replay")
        {
            arguments.replay.assign(words.begin() + static_cast<std::ptrdiff_t>(i) + 1, words.end());
            break;
        }
        else
            throw std::invalid_argument{"unknown option " + option + ' ' + value};
    }
    return arguments;
}

/// Short ones are six requests long in the mean. Two make what the others are about, and there are so few ids and
/// names that these meet soon. What needs many requests is left to one sequence in 32.
std::size_t length_of(Choices& choices, Lengths lengths)
{
    if (lengths == Lengths::usual)
        return 5 + choices.below(30);
    if (choices.one_in(32))
        return 5 + choices.below(56);
    std::size_t length = 3;
    while (length < 60 && !choices.one_in(3))
        ++length;
    return length;
}

std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free); // a signal handler may write it

/// The first such signal ends the run after the sequence that is under way, the second at once.
void end_in_order_when_told()
{
    struct sigaction action = {};
    action.sa_handler = [](int) { interrupted = true; };
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    for (int const signal : {SIGINT, SIGTERM})
        sigaction(signal, &action, nullptr);
}

/// A finding, made small, told and kept.
void report(Runner& runner, Finding finding, Arguments const& arguments, std::uint64_t n)
{
    auto const& keep = arguments.keep;
    auto const name = std::to_string(arguments.seed) + '-' + std::to_string(n);
    finding = runner.shrink(std::move(finding));
    auto text = to_text(finding.sequence);
    std::cout << "FINDING " << name << ": " << finding.what << '\n'
              << text << "again: fuzz_sequences --seed " << arguments.seed << " --first " << n << " --sequences 1"
              << (arguments.lengths == Lengths::few ? " --lengths short" : "") << std::endl;
    if (keep.empty())
        return;
    fs::create_directories(keep);
    // What was found stands below the mode, which has to come first.
    text.insert(text.find('\n') + 1, "# " + finding.what.substr(0, finding.what.find('\n')) + '\n');
    std::ofstream{fs::path{keep} / (name + ".txt")} << text;
}

int replay(Runner& runner, std::vector<std::string> const& files)
{
    int failures = 0;
    for (std::string const& file : files)
    {
        std::ifstream stream{file};
        std::string const text{std::istreambuf_iterator<char>{stream}, {}};
        auto const finding = runner.run(parse_sequence(text));
        std::cout << file << ": " << (finding ? finding->what : "as it has to be") << '\n';
        failures += finding ? 1 : 0;
    }
    return failures == 0 ? 0 : 1;
}

int fuzz(Runner& runner, Arguments const& arguments)
{
    using Clock = std::chrono::steady_clock;
    auto const begin = Clock::now();
    auto const elapsed = [&] { return std::chrono::duration<double>(Clock::now() - begin).count(); };
    end_in_order_when_told();
    std::cout << "seed " << arguments.seed << std::endl;
    std::uint64_t findings = 0;
    std::uint64_t done = 0;
    auto const tell = [&]
    {
        std::cout << "seed " << arguments.seed << ": " << done << " sequences, " << runner.steps()
                  << " requests to each service, with what looks at the outcome " << runner.requests()
                  << " to all of them, " << runner.operations() << " operations, Bulks by their entries, "
                  << runner.undecided() << " writes undecided, " << findings << " findings, " << elapsed() << " s"
                  << std::endl;
    };
    auto const goes_on = [&] { return done < arguments.sequences || runner.steps() < arguments.least; };
    for (auto n = arguments.first; goes_on() && findings < arguments.findings && !interrupted; ++n, ++done)
    {
        if (arguments.seconds != 0 && elapsed() >= static_cast<double>(arguments.seconds))
            break;
        if (done != 0 && done % 10'000 == 0)
            tell();
        SeededChoices choices{arguments.seed * 1'000'003U + n};
        Mode const mode = arguments.mode.value_or(choices.one_in(3) ? Mode::strict : Mode::tolerant);
        auto length = length_of(choices, arguments.lengths);
        bool const sweeps = choices.one_in(4); // every write is looked after in any case
        std::optional<Generator> generator;
        auto found = runner.run(
            mode,
            [&](Model const& model) -> std::optional<Step>
            {
                if (!generator)
                    generator.emplace(choices, model, arguments.without);
                if (length-- == 0)
                    return std::nullopt;
                return generator->next();
            },
            sweeps);
        if (!found)
            continue;
        ++findings;
        report(runner, std::move(*found), arguments, n);
    }
    tell();
    if (interrupted)
        std::cout << "interrupted" << std::endl;
    return findings != 0 ? 1 : interrupted ? 3 : 0;
}

/// Whether a store is asked for that is not there: the others alone would look as if it had been compared with them.
bool lacks_postgresql()
{
    if (!std::getenv("SCIMKIT_FUZZ_POSTGRESQL"))
        return false;
#ifdef SCIMKIT_MODEL_POSTGRESQL
    return !scimkit::test::PostgresqlCluster::is_installed();
#else
    return true;
#endif
}

} // namespace

int main(int count, char** words)
{
    try
    {
        auto const arguments = read_arguments({words + 1, words + count});
        if (lacks_postgresql())
        {
            std::cout << "SCIMKIT_FUZZ_POSTGRESQL is set, and PostgreSQL is not installed" << std::endl;
            return 77;
        }
        Runner runner{working_directory(), arguments.without};
        return arguments.replay.empty() ? fuzz(runner, arguments) : replay(runner, arguments.replay);
    }
    catch (std::exception const& error)
    {
        std::cerr << error.what() << '\n';
        return 2;
    }
}
