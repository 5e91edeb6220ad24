// The door of statistics/.
#pragma once
