// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// golden_check [--threads 1,2,3] [--ways N] [--part] FILE...: runs the rows of the golden list serially and with
// executors of so many threads, in several memory layouts, and compares every bit. --ways takes N of these ways for each
// row, others for the next one: for CPUs that are emulated. --part passes over rows of operations that are not in this
// program, which else are an error. Exit status 1 where a row failed. The last line ends in the fingerprint of the list
// as this program would have written it.

#include <xxhash.h>

#include <cstdio>
#include <iostream>
#include <set>
#include <sstream>

#include <detops/version.hpp>

#include "executors.hpp"
#include "golden.hpp"

namespace {

using golden::row;

/// `op [type] [policy] key=value ... -> expected`
row parse(const std::string& line) {
  row r;
  r.text = line;
  const std::size_t arrow = line.find(" -> ");
  if (arrow == std::string::npos) {
    golden::broken("no \" -> \" in the row");
  }
  r.expected = line.substr(arrow + 4);
  std::istringstream words(line.substr(0, arrow));
  std::string word;
  for (std::string* plain[] = {&r.op, &r.type, &r.policy}; words >> word;) {
    const std::size_t equals = word.find('=');
    if (equals != std::string::npos) {
      r.fields[word.substr(0, equals)] = word.substr(equals + 1);
      continue;
    }
    for (std::string* place : plain) {
      if (place->empty()) {
        *place = word;
        break;
      }
    }
  }
  return r;
}

/// Reductions with shape= are one operation, some have their own entries for 16-bit floats and integers; min and max
/// name a reduction and an elementwise operation, of which only the latter has operands a or x.
std::string table_name(const row& r) {
  static const std::set<std::string> with_narrow = {"sum", "dot", "mean",   "norm1",  "prod",
                                                    "max", "min", "argmax", "argmin", "minmax"};
  if (r.has("shape")) {
    return "along axes";
  }
  const bool narrow = r.type != "float32" && r.type != "float64" && with_narrow.contains(r.op);
  const bool elementwise = (r.op == "min" || r.op == "max") && (r.has("a") || r.has("x"));
  return narrow ? "narrow " + r.op : elementwise ? "elementwise " + r.op : r.op;
}

const char* layout_name(golden::layout place) {
  static constexpr const char* names[] = {"aligned", "shifted", "padded", "column-major", "mixed"};
  return names[static_cast<int>(place)];
}

/// Through C's files, as libc++ for WebAssembly has no others.
std::string content_of(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) {
    golden::broken("cannot be opened");
  }
  std::string content;
  char part[4096];
  for (std::size_t size; (size = std::fread(part, 1, sizeof part, file.get())) > 0;) {
    content.append(part, size);
  }
  return content;
}

class checker {
public:
  checker(const std::vector<std::size_t>& threads, std::size_t ways, bool is_part)
      : executors_(golden::make_executors(threads)), ways_(ways), is_part_(is_part),
        list_(XXH3_createState()) {
    XXH3_128bits_reset(list_);
  }
  ~checker() { XXH3_freeState(list_); }
  checker(const checker&) = delete;
  checker& operator=(const checker&) = delete;

  void check_file(const std::string& path) {
    golden::current = path;
    std::istringstream file(content_of(path));
    const bool is_fingerprint = path.ends_with("fingerprint.txt");
    const std::size_t passed = passed_, failed = failed_;
    for (std::string line; std::getline(file, line);) {
      golden::current = line;
      if (is_fingerprint) {
        check_version(line);
      } else {
        add_to_list(line.empty() || line[0] == '#' ? line : checked(line));
      }
    }
    std::cout << path.substr(path.find_last_of('/') + 1) << ": "
              << passed_ - passed + failed_ - failed << " rows, " << failed_ - failed
              << " failed\n";
  }

  std::size_t passed() const { return passed_; }
  std::size_t failed() const { return failed_; }
  std::string list() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(list_);
    return golden::hex(hash.high64, 16) + golden::hex(hash.low64, 16);
  }

private:
  /// The file of the list's own fingerprint says for which bits_version the rows are.
  void check_version(const std::string& line) {
    if (!line.starts_with("bits_version ")) {
      return;
    }
    if (std::stoi(line.substr(13)) == detops::bits_version) {
      ++passed_;
    } else {
      fail("the headers have bits_version " + std::to_string(detops::bits_version));
    }
  }

  void add_to_list(const std::string& line) {
    XXH3_128bits_update(list_, (line + '\n').data(), line.size() + 1);
  }

  /// The row with the right side that this program found.
  std::string checked(const std::string& line) {
    const row r = parse(line);
    const auto& known = golden::known_operations();
    const auto operation = known.find(table_name(r));
    if (operation == known.end()) {
      if (!is_part_) {
        golden::broken("unknown operation");
      }
      return line;
    }
    const bool has_matrix = r.has("rows") || r.has("m");
    std::vector<golden::trial> trials;
    for (const golden::layout place : operation->second.layouts) {
      if (place >= golden::layout::column_major && !has_matrix) {
        continue;
      }
      for (const auto& executor : executors_) {
        if (executor == executors_.front() || operation->second.threads) {
          trials.push_back({place, executor.get()});
        }
      }
    }
    if (ways_ > 0 && trials.size() > ways_) {
      const auto first =
          trials.begin() + (ways_ > 1 ? 1 : 0); // the plain one stays where it is not alone
      const auto turn = static_cast<std::ptrdiff_t>(passed_ + failed_);
      std::rotate(first, first + turn % (trials.end() - first), trials.end());
      trials.resize(ways_);
    }
    for (const golden::trial& how : trials) {
      const std::string got = outcome(r, operation->second, how);
      if (got != r.expected) {
        fail("got " + got + " (" + layout_name(how.place) + ", " + how.executor->name() + ")");
        return line.substr(0, line.size() - r.expected.size()) + got;
      }
    }
    ++passed_;
    return line;
  }

  static std::string outcome(const row& r, const golden::operation& operation,
                             const golden::trial& how) {
#if DETOPS_EXCEPTIONS
    try {
      return operation.run(r, how);
    } catch (const std::exception& error) {
      return std::string("exception: ") + error.what();
    }
#else
    return operation.run(r, how);
#endif
  }

  void fail(const std::string& why) {
    ++failed_;
    if (failed_ <= 200) {
      std::cout << "FAILED " << golden::current << "\n       " << why << '\n';
    }
  }

  const std::vector<std::unique_ptr<golden::any_executor>> executors_;
  const std::size_t ways_;
  const bool is_part_;
  XXH3_state_t* const list_;
  std::size_t passed_ = 0, failed_ = 0;
};

int usage(std::ostream& out, int status) {
  out << "golden_check [--threads 1,2,3] [--ways N] [--part] FILE...\n";
  return status;
}

} // namespace

int main(int argc, char** argv) {
  std::string threads = "1,2,3,7,16";
  std::size_t ways = 0;
  bool is_part = false;
  std::vector<std::string> files;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--help") {
      return usage(std::cout, 0);
    }
    if (argument == "--threads" && i + 1 < argc) {
      threads = argv[++i];
    } else if (argument == "--ways" && i + 1 < argc) {
      ways = std::stoul(argv[++i]);
    } else if (argument == "--part") {
      is_part = true;
    } else if (argument.starts_with("--")) {
      return usage(std::cerr, 2);
    } else {
      files.push_back(argument);
    }
  }
  if (files.empty()) {
    return usage(std::cerr, 2);
  }
  std::vector<std::size_t> counts;
  std::istringstream list(threads);
  for (std::string count; std::getline(list, count, ',');) {
    counts.push_back(std::stoul(count));
  }
  checker check(counts, ways, is_part);
  for (const std::string& file : files) {
    check.check_file(file);
  }
  std::cout << detops::isa_name << " threads=" << threads << ' ' << check.passed() << " passed, "
            << check.failed() << " failed, list " << check.list() << '\n';
  return check.failed() == 0 ? 0 : 1;
}
