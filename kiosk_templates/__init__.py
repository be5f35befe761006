"""Everything the eye meets: pages, styles, translations, and the TypeScript of the tablet (kiosk).

Holds data, its one reader (`words`) and the build of the front end; no logic of the house.
"""
