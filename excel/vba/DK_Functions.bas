Attribute VB_Name = "DK_Functions"
#Const App = "Microsoft Excel"
' How the add-in reaches Python: one process for buttons and functions, started by the library of xlwings.
' A formula of any open workbook can call every public function of an add-in, so only the functions for cells are
' public; everything else here is private, or a Sub, which cannot stand in a formula.
' Chinese texts stand on the sheet "texts", because VBA source is stored in one code page and has to be ASCII.
#If Win64 Then
    Private Const LIBRARY As String = "xlwings64-0.37.8.dll"
    Private Declare PtrSafe Function ActivateAuto Lib "xlwings64-0.37.8.dll" Alias "XLPyDLLActivateAuto" (ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#Else
    Private Const LIBRARY As String = "xlwings32-0.37.8.dll"
    Private Declare PtrSafe Function ActivateAuto Lib "xlwings32-0.37.8.dll" Alias "XLPyDLLActivateAuto" (ByRef result As Variant, Optional ByVal config As String = "", Optional ByVal mode As Long = 1) As Long
#End If
Private Declare PtrSafe Function LoadLibrary Lib "KERNEL32" Alias "LoadLibraryA" (ByVal path As String) As LongPtr
Private Declare PtrSafe Function AllowSetForegroundWindow Lib "USER32" (ByVal process As Long) As Long
Private Const SHORTCUT As String = "^+e"
Private start_command As String
Private failed_at As Date
Private unlocked_as As String
Private help_tries As Long
Private ribbon As Object

Public Sub Press(ByVal id As String)
    ' Alerts are off while Python works, else Excel says every few seconds that it waits for another program; Esc would
    ' end in the debugger. Python may bring its windows to the front.
    Dim alerts As Boolean
    On Error GoTo failed
    If TypeName(Application.Caller) = "Range" Then Exit Sub
    alerts = Application.DisplayAlerts
    If ActiveWorkbook Is Nothing Then
        If InProtectedView Then
            MsgBox TextOf("protected_view"), vbInformation, TextOf("title")
            Exit Sub
        End If
        Workbooks.Add
    End If
    Application.EnableCancelKey = xlDisabled
    Application.DisplayAlerts = False
    Application.StatusBar = TextOf("working")
    AllowSetForegroundWindow -1
    XLPy.Call XLPy.Module("workbench.interfaces.addin.callbacks"), "run", XLPy.Tuple(id, Application.Hwnd, ActiveWorkbook.Name)
    Application.StatusBar = False
    Application.DisplayAlerts = alerts
    Exit Sub
failed:
    Application.StatusBar = False
    Application.DisplayAlerts = True
    MsgBox Replace(TextOf("failed"), "{folder}", FolderOf(Interpreter)) & vbCrLf & Err.Description, vbExclamation, TextOf("title")
End Sub

Private Function XLPy()
    ' A start that fails may take Excel long to notice: for a minute whoever asks next hears of it at once.
    If Now < failed_at + TimeSerial(0, 1, 0) Then Err.Raise 1000, Description:=TextOf("no_python")
    failed_at = Now
    If start_command = "" Then start_command = PythonCommand
    If 0 <> ActivateAuto(XLPy, start_command, 1) Then Err.Raise 1000, Description:=TextOf("no_python") & " " & XLPy
    failed_at = 0
End Function

Private Function PythonCommand() As String
    ' Made once in an Excel. The library keeps one Python for each different command, so no workbook's name is in it;
    ' no shell, and no folder on Python's path but its own (-P).
    Dim python As String
    python = Interpreter
    If Not Exists(python) Then Err.Raise 1000, Description:=TextOf("no_interpreter") & " " & python
    LoadXlwings FolderOf(python)
    PythonCommand = Replace("""<python>"" -P -B -m workbench.interfaces.addin.server $(CLSID)", "<python>", python)
End Function

Private Sub LoadXlwings(ByVal folder As String)
    If LoadLibrary(folder & "\" & LIBRARY) = 0 Then
        If LoadLibrary(FolderOf(folder) & "\" & LIBRARY) = 0 Then Err.Raise 1000, Description:=TextOf("no_python") & " " & LIBRARY
    End If
End Sub

Private Function Interpreter() As String
    ' As "workbench addin install" wrote it; nothing of an open workbook or its folder is asked.
    Dim number As Long
    Dim key As String
    Dim value As String
    If Not Exists(Environ("USERPROFILE") & "\.workbench\workbench.conf") Then Exit Function
    number = FreeFile
    Open Environ("USERPROFILE") & "\.workbench\workbench.conf" For Input As #number
    Do While Not EOF(number)
        Input #number, key, value
        If key = "INTERPRETER_WIN" Then Interpreter = value
    Loop
    Close #number
End Function

Private Function Exists(ByVal path As String) As Boolean
    On Error Resume Next
    If path <> "" Then Exists = GetAttr(path) >= 0
End Function

Private Function FolderOf(ByVal path As String) As String
    If InStrRev(path, "\") > 0 Then FolderOf = Left(path, InStrRev(path, "\") - 1)
End Function

Private Function InProtectedView() As Boolean
    On Error Resume Next
    InProtectedView = Not Application.ActiveProtectedViewWindow Is Nothing
End Function

Private Function TextOf(ByVal key As String) As String
    Dim line As Long
    TextOf = key
    For line = 1 To 50
        If ThisWorkbook.Worksheets("texts").Cells(line, 1).Value = key Then TextOf = ThisWorkbook.Worksheets("texts").Cells(line, 2).Value
    Next line
End Function

Private Function Qualified(ByVal name As String) As String
    ' Another open workbook may have a macro of the same name.
    Qualified = "'" & Replace(ThisWorkbook.Name, "'", "''") & "'!DK_Functions." & name
End Function

Public Sub Auto_Open()
    ' While Excel starts there is no workbook, and without one it refuses help for functions: a moment later there is.
    On Error Resume Next
    Application.OnKey SHORTCUT, Qualified("NextError")
    Application.OnTime Now + TimeSerial(0, 0, 2), Qualified("RegisterHelp")
End Sub

Public Sub Auto_Close()
    On Error Resume Next
    Application.OnKey SHORTCUT
End Sub

Public Sub NextError()
    Press "next_error"
End Sub

Public Sub Undo_clear_marks()
    Press "clear_marks"
End Sub

Public Sub Undo_fix_undo()
    Press "fix_undo"
End Sub

Public Sub RibbonLoaded(ui As IRibbonUI)
    Set ribbon = ui
End Sub

Public Sub LabelOf(control As IRibbonControl, ByRef label)
    label = TextOf("unlock")
    If unlocked_as <> "" Then label = Replace(TextOf("unlocked"), "{user}", unlocked_as)
End Sub

Public Sub EnabledOf(control As IRibbonControl, ByRef enabled)
    enabled = unlocked_as <> ""
End Sub

Public Sub ShowState(ByVal user As String)
    ' Python says who has the register unlocked ("" for nobody), after each change of it and of the register.
    On Error Resume Next
    unlocked_as = user
    If Not ribbon Is Nothing Then
        ribbon.InvalidateControl "unlock"
        ribbon.InvalidateControl "lock"
    End If
    Application.OnTime Now, Qualified("Recalculate")
End Sub

Public Sub Recalculate()
    ' What cells show of the register is asked anew, where a formula of ours stands in an open workbook.
    Dim book As Workbook
    Dim sheet As Worksheet
    On Error Resume Next
    For Each book In Workbooks
        For Each sheet In book.Worksheets
            If Not book Is ThisWorkbook Then
                If Not sheet.UsedRange.Find(What:="DK_", LookIn:=xlFormulas, LookAt:=xlPart) Is Nothing Then
                    Application.CalculateFull
                    Exit Sub
                End If
            End If
        Next sheet
    Next book
End Sub

Public Sub RegisterHelp()
    ' Descriptions of the functions for the function wizard: rows "function" of the sheet "texts".
    Dim line As Long
    Dim last As Long
    Dim place As Long
    Dim helps() As String
    On Error Resume Next
    If ActiveWorkbook Is Nothing Then
        help_tries = help_tries + 1
        If help_tries < 20 Then Application.OnTime Now + TimeSerial(0, 0, 15), Qualified("RegisterHelp")
        Exit Sub
    End If
    With ThisWorkbook.Worksheets("texts")
        line = 1
        Do While .Cells(line, 1).Value <> ""
            If .Cells(line, 1).Value = "function" Then
                last = 4
                Do While .Cells(line, last + 1).Value <> ""
                    last = last + 1
                Loop
                If last > 4 Then
                    ReDim helps(1 To last - 4)
                    For place = 1 To last - 4
                        helps(place) = .Cells(line, place + 4).Value
                    Next place
                    Application.MacroOptions Macro:=Qualified(.Cells(line, 2).Value), Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value, ArgumentDescriptions:=helps
                Else
                    Application.MacroOptions Macro:=Qualified(.Cells(line, 2).Value), Description:=.Cells(line, 4).Value, Category:=.Cells(line, 3).Value
                End If
            End If
            line = line + 1
        Loop
    End With
End Sub

Function DK_CHECK(table, Optional kind, Optional received_on, Optional first_row)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_CHECK = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CHECK", Array(table, kind, received_on, first_row), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_CHECK = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CHECK", Array(table, kind, received_on, first_row))
        Exit Function
    #End If
failed:
    DK_CHECK = Err.Description
End Function

Function DK_CLAUSE(clause, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_CLAUSE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CLAUSE", Array(clause, as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_CLAUSE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CLAUSE", Array(clause, as_of))
        Exit Function
    #End If
failed:
    DK_CLAUSE = Err.Description
End Function

Function DK_COMPLETION(unit, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_COMPLETION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION", Array(unit, period), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_COMPLETION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION", Array(unit, period))
        Exit Function
    #End If
failed:
    DK_COMPLETION = Err.Description
End Function

Function DK_COMPLETION_REWARD(valid, target, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_COMPLETION_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION_REWARD", Array(valid, target, as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_COMPLETION_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_COMPLETION_REWARD", Array(valid, target, as_of))
        Exit Function
    #End If
failed:
    DK_COMPLETION_REWARD = Err.Description
End Function

Function DK_CONVERSION(ref, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_CONVERSION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CONVERSION", Array(ref, period), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_CONVERSION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_CONVERSION", Array(ref, period))
        Exit Function
    #End If
failed:
    DK_CONVERSION = Err.Description
End Function

Function DK_DUE(lead_number)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_DUE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUE", Array(lead_number), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_DUE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUE", Array(lead_number))
        Exit Function
    #End If
failed:
    DK_DUE = Err.Description
End Function

Function DK_DUEBY(handed_on)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_DUEBY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUEBY", Array(handed_on), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_DUEBY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_DUEBY", Array(handed_on))
        Exit Function
    #End If
failed:
    DK_DUEBY = Err.Description
End Function

Function DK_EDITION(as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_EDITION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EDITION", Array(as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_EDITION = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EDITION", Array(as_of))
        Exit Function
    #End If
failed:
    DK_EDITION = Err.Description
End Function

Function DK_EXPIRY(lead_number)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_EXPIRY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EXPIRY", Array(lead_number), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_EXPIRY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_EXPIRY", Array(lead_number))
        Exit Function
    #End If
failed:
    DK_EXPIRY = Err.Description
End Function

Function DK_FREE(customers, categories, provinces, cities)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_FREE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_FREE", Array(customers, categories, provinces, cities), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_FREE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_FREE", Array(customers, categories, provinces, cities))
        Exit Function
    #End If
failed:
    DK_FREE = Err.Description
End Function

Function DK_GRADE(sales, Optional company_total, Optional a_share, Optional b_share)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_GRADE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_GRADE", Array(sales, company_total, a_share, b_share), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_GRADE = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_GRADE", Array(sales, company_total, a_share, b_share))
        Exit Function
    #End If
failed:
    DK_GRADE = Err.Description
End Function

Function DK_ISWORKDAY(day_value)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_ISWORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_ISWORKDAY", Array(day_value), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_ISWORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_ISWORKDAY", Array(day_value))
        Exit Function
    #End If
failed:
    DK_ISWORKDAY = Err.Description
End Function

Function DK_LEAD(lead_number, item)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_LEAD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_LEAD", Array(lead_number, item), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_LEAD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_LEAD", Array(lead_number, item))
        Exit Function
    #End If
failed:
    DK_LEAD = Err.Description
End Function

Function DK_MISSING(ref, quarter)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_MISSING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING", Array(ref, quarter), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_MISSING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING", Array(ref, quarter))
        Exit Function
    #End If
failed:
    DK_MISSING = Err.Description
End Function

Function DK_MISSING_LEADS(valid, target, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_MISSING_LEADS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_LEADS", Array(valid, target, as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_MISSING_LEADS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_LEADS", Array(valid, target, as_of))
        Exit Function
    #End If
failed:
    DK_MISSING_LEADS = Err.Description
End Function

Function DK_MISSING_PICKUPS(quantity, picked_up, Optional kind, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_MISSING_PICKUPS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_PICKUPS", Array(quantity, picked_up, kind, as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_MISSING_PICKUPS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_MISSING_PICKUPS", Array(quantity, picked_up, kind, as_of))
        Exit Function
    #End If
failed:
    DK_MISSING_PICKUPS = Err.Description
End Function

Function DK_NAME(customers)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_NAME = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_NAME", Array(customers), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_NAME = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_NAME", Array(customers))
        Exit Function
    #End If
failed:
    DK_NAME = Err.Description
End Function

Function DK_PARAM(parameter, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_PARAM = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PARAM", Array(parameter, as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_PARAM = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PARAM", Array(parameter, as_of))
        Exit Function
    #End If
failed:
    DK_PARAM = Err.Description
End Function

Function DK_PENALTY(party, quarter, Optional clause, Optional trial)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_PENALTY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PENALTY", Array(party, quarter, clause, trial), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_PENALTY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PENALTY", Array(party, quarter, clause, trial))
        Exit Function
    #End If
failed:
    DK_PENALTY = Err.Description
End Function

Function DK_PROVISIONAL(day_value)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_PROVISIONAL = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PROVISIONAL", Array(day_value), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_PROVISIONAL = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_PROVISIONAL", Array(day_value))
        Exit Function
    #End If
failed:
    DK_PROVISIONAL = Err.Description
End Function

Function DK_READING(reading, Optional as_of)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_READING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_READING", Array(reading, as_of), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_READING = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_READING", Array(reading, as_of))
        Exit Function
    #End If
failed:
    DK_READING = Err.Description
End Function

Function DK_REWARD(unit, quarter, Optional clause, Optional trial)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_REWARD", Array(unit, quarter, clause, trial), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_REWARD = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_REWARD", Array(unit, quarter, clause, trial))
        Exit Function
    #End If
failed:
    DK_REWARD = Err.Description
End Function

Function DK_STATUS(lead_number)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_STATUS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_STATUS", Array(lead_number), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_STATUS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_STATUS", Array(lead_number))
        Exit Function
    #End If
failed:
    DK_STATUS = Err.Description
End Function

Function DK_TARGET(unit, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_TARGET = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_TARGET", Array(unit, period), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_TARGET = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_TARGET", Array(unit, period))
        Exit Function
    #End If
failed:
    DK_TARGET = Err.Description
End Function

Function DK_VALID(unit, period)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_VALID = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_VALID", Array(unit, period), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_VALID = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_VALID", Array(unit, period))
        Exit Function
    #End If
failed:
    DK_VALID = Err.Description
End Function

Function DK_WORKDAY(day_value, days)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_WORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAY", Array(day_value, days), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_WORKDAY = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAY", Array(day_value, days))
        Exit Function
    #End If
failed:
    DK_WORKDAY = Err.Description
End Function

Function DK_WORKDAYS(first_day, last_day)
    #If App = "Microsoft Excel" Then
        If TypeOf Application.Caller Is Range Then On Error GoTo failed
        DK_WORKDAYS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAYS", Array(first_day, last_day), Application.Caller.Parent.Parent, Application.Caller)
        Exit Function
    #Else
        DK_WORKDAYS = XLPy.CallUDF("workbench.interfaces.addin.functions", "DK_WORKDAYS", Array(first_day, last_day))
        Exit Function
    #End If
failed:
    DK_WORKDAYS = Err.Description
End Function

