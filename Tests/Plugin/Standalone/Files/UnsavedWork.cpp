// SPDX-License-Identifier: GPL-3.0-or-later
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

#include "Project/Edit.h"
#include "Standalone/Files/Autosave.h"

/** Types without an end, and says what: "Anna: 1." is line 1 of the output, and so on. Autosaves into the folder that is its
    argument. */
int main (int argc, char** argv)
{
    using namespace tableread;
    if (argc != 2)
        return 2;
    plugin::Autosave autosave ({ .folder = argv[1], .delay = std::chrono::milliseconds (200) });
    project::Document document;
    for (int number = 1;; ++number)
    {
        document =
            *project::apply (document, project::SetScript { "Anna: " + std::to_string (number) + "." });
        autosave.set ({ .content = { .document = std::make_shared<const project::Document> (document) },
                        .file = "/home/ada/scene.tableread" });
        std::cout << number << std::endl;
        std::this_thread::sleep_for (std::chrono::milliseconds (10));
    }
}
